//! Changes of our own schema, in order. A change that was released is never edited.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

#[cfg(test)]
mod older;

/// The list of changes.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        SCRIPTS.iter().map(|script| Box::new(*script) as Box<dyn MigrationTrait>).collect()
    }
}

const SCRIPTS: [Script; 9] = [
    Script { name: "m0001_start", sql: include_str!("m0001_start.sql") },
    Script { name: "m0002_explorations", sql: include_str!("m0002_explorations.sql") },
    Script { name: "m0003_forms", sql: include_str!("m0003_forms.sql") },
    Script { name: "m0004_api_tokens", sql: include_str!("m0004_api_tokens.sql") },
    Script { name: "m0005_files", sql: include_str!("m0005_files.sql") },
    Script { name: "m0006_unsent_files", sql: include_str!("m0006_unsent_files.sql") },
    Script { name: "m0007_owners", sql: include_str!("m0007_owners.sql") },
    Script { name: "m0008_last_editors", sql: include_str!("m0008_last_editors.sql") },
    Script { name: "m0009_table_views", sql: include_str!("m0009_table_views.sql") },
];

/// A change that is written as SQL for both engines at once.
#[derive(Clone, Copy)]
struct Script {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for Script {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Script {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let sql = in_dialect(self.sql, connection.get_database_backend());
        connection.execute_unprepared(&sql).await.map(drop)
    }
}

/// What the engines call the same thing, (word, SQLite, PostgreSQL). SeaQuery's table builder knows neither `STRICT` nor
/// the few type names that a strict table admits.
const WORDS: [(&str, &str, &str); 7] = [
    ("{id}", "integer PRIMARY KEY AUTOINCREMENT", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    ("{int}", "integer", "integer"),
    ("{bigint}", "integer", "bigint"),
    ("{moment}", "integer", "bigint"),
    ("{bool}", "integer", "boolean"),
    ("{json}", "text", "jsonb"),
    ("{strict}", "STRICT", ""),
];

fn in_dialect(sql: &str, backend: DbBackend) -> String {
    WORDS.iter().fold(sql.to_owned(), |sql, (word, sqlite, postgresql)| {
        sql.replace(word, if backend == DbBackend::Sqlite { sqlite } else { postgresql })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_left_over() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            for script in SCRIPTS {
                let sql = in_dialect(script.sql, backend);
                assert!(!sql.contains(['{', '}']), "{sql}");
            }
        }
    }
}
