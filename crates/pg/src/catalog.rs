//! Runs the queries of [`mathesar_sql::introspect`] and fills [`mathesar_sql::model`].

use std::sync::Arc;

use mathesar_sql::introspect::{self, DecodeError, Introspection, TableQuery, ViewQuery};
use mathesar_sql::model::{Oid, Table, TableKind};
use tokio::time::Instant;

use crate::error::Error;
use crate::transaction::Transaction;

impl Transaction<'_> {
    /// The objects that a catalogue query describes.
    ///
    /// # Errors
    /// PostgreSQL's; [`Error::Catalog`] when a row cannot be read.
    pub async fn introspect<T>(&self, query: &Introspection<T>) -> Result<Vec<T>, Error> {
        let rows = self.rows(query.statement()).await?;
        let mut objects = Vec::with_capacity(rows.len());
        for row in &rows {
            let fields = (0..row.len()).map(|index| row.get(index)).collect::<Result<Vec<Option<&str>>, _>>()?;
            objects.push(query.decode(&fields)?);
        }
        Ok(objects)
    }

    /// The one object that a catalogue query describes; `None` when there is none.
    ///
    /// # Errors
    /// Those of [`introspect`](Self::introspect).
    pub async fn introspect_one<T>(&self, query: &Introspection<T>) -> Result<Option<T>, Error> {
        Ok(self.introspect(query).await?.into_iter().next())
    }

    /// The whole picture of a table, view or foreign table, in one round trip, or two for a view; `None` when there is none of that number, or
    /// its schema is closed to the role.
    ///
    /// # Errors
    /// Those of [`introspect`](Self::introspect).
    pub async fn table(&self, oid: Oid) -> Result<Option<Table>, Error> {
        let query = introspect::table(oid);
        let (summary, columns, types, constraints, keys) = tokio::try_join!(
            self.introspect_one(&query.summary),
            self.introspect(&query.columns),
            self.introspect(&query.types),
            self.introspect(&query.constraints),
            self.introspect(&query.keys),
        )?;
        let mut table = match TableQuery::assemble(summary, columns, types, constraints, &keys) {
            Ok(table) => table,
            Err(DecodeError::NoTable) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if table.summary.kind == TableKind::View {
            let query = introspect::view(oid);
            let (expressions, keys) =
                tokio::try_join!(self.introspect(&query.expressions), self.introspect(&query.keys))?;
            ViewQuery::complete(&mut table, &expressions, &keys);
        }
        Ok(Some(table))
    }

    /// The picture of a table as [`table`](Self::table) gives it, or as it was at most
    /// [`PICTURE_AGE`](crate::pictures::PICTURE_AGE) ago: for reading and changing rows. Changes of structure that went through
    /// [`Session::change`](crate::Session::change) are always in it; [`commit`](Self::commit) finds out about others.
    ///
    /// # Errors
    /// Those of [`table`](Self::table).
    pub async fn picture(&self, oid: Oid) -> Result<Option<Arc<Table>>, Error> {
        self.find_picture(oid, true).await
    }

    /// The same for a table that is only read, so that [`commit`](Self::commit) need not check it.
    ///
    /// # Errors
    /// Those of [`table`](Self::table).
    pub async fn picture_to_read(&self, oid: Oid) -> Result<Option<Arc<Table>>, Error> {
        self.find_picture(oid, false).await
    }

    async fn find_picture(&self, oid: Oid, check: bool) -> Result<Option<Arc<Table>>, Error> {
        let (pictures, scope) = self.pictures();
        match pictures.find(scope, oid, Instant::now()) {
            Ok(table) => {
                self.note_kept(check.then_some(&table));
                Ok(Some(table))
            }
            Err(taking) => {
                let table = self.table(oid).await?.map(Arc::new);
                if let Some(table) = &table {
                    pictures.keep(scope, table, taking);
                }
                Ok(table)
            }
        }
    }
}
