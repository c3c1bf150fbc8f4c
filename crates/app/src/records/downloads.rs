//! Links to the files of an answer, as clients of the original expect them.

use indexmap::{IndexMap, IndexSet};
use mathesar_api::methods::records::FileLinks;
use mathesar_pg::RawRow;
use mathesar_sql::model::{Attnum, Table};
use mathesar_sql::select::OutputColumn;
use mathesar_store::StoredFile;
use mathesar_types::{pgtype::oids, wire::Form};

use super::answer::Answer;
use super::body::RowWriter;
use crate::files::mark_of;
use crate::model::metadata;
use crate::{Ctx, Result};

/// For each column with files: mark → links to the file.
pub(super) type Downloads = IndexMap<Attnum, IndexMap<String, FileLinks>>;

/// The columns of an answer that hold files, and the marks in them.
#[derive(Default)]
pub(super) struct FileColumns(Vec<FileColumn>);

struct FileColumn {
    attnum: Attnum,
    /// Where the column's field is.
    position: usize,
    marks: IndexSet<String>,
}

impl FileColumns {
    /// Finds the columns. Who reads values in a form of ours knows where files are, and is spared the look-ups.
    pub(super) async fn open(ctx: &Ctx, table: &Table, answer: &Answer<'_>) -> Result<Self> {
        let jsonb = |attnum| table.column(attnum).is_some_and(|column| column.ty.pg.oid == oids::JSONB);
        let columns = answer.shape.columns.iter().enumerate();
        let mut columns: Vec<_> = columns.filter(|(_, column)| jsonb(column.attnum)).collect();
        if answer.form != Form::Original || columns.is_empty() {
            return Ok(Self::default());
        }
        let known = metadata::of_columns(ctx, answer.database_id, table.oid()).await?;
        let holds_files = |attnum| known.iter().any(|(of, about)| *of == attnum && about.file_backend.is_some());
        columns.retain(|(_, column)| holds_files(column.attnum));
        let open = |(position, column): (usize, &OutputColumn)| FileColumn {
            attnum: column.attnum,
            position,
            marks: IndexSet::new(),
        };
        Ok(Self(columns.into_iter().map(open).collect()))
    }

    /// Notes the files of a row.
    pub(super) fn note(&mut self, writer: &RowWriter, row: &RawRow) -> Result<()> {
        for column in &mut self.0 {
            if let Some(text) = writer.text(row, 0, column.position)? {
                column.marks.extend(mark_of(&text));
            }
        }
        Ok(())
    }

    /// The links; `None` where no column holds files.
    pub(super) async fn links(self, ctx: &Ctx) -> Result<Option<Downloads>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut links = Downloads::new();
        for column in self.0 {
            let marks: Vec<String> = column.marks.into_iter().collect();
            let files = ctx.app.store.files().by_mashes(&marks).await?;
            let files = files.into_iter().map(|file| (file.mash.clone(), link(ctx, file)));
            links.insert(column.attnum, files.collect());
        }
        Ok(Some(links))
    }
}

fn link(ctx: &Ctx, file: StoredFile) -> FileLinks {
    let path = format!("{}/files/{}/", ctx.app.options.base_path, file.mash);
    FileLinks {
        uri: file.uri,
        name: file.name,
        mimetype: file.media_type,
        thumbnail: format!("{path}thumbnail/"),
        attachment: format!("{path}download/"),
        direct: path,
    }
}
