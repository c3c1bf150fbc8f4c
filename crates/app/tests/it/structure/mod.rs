//! Connecting databases and changing their structure, on a real PostgreSQL.

mod world;

mod column_privileges;
mod columns;
mod constraints;
mod data_modeling;
mod databases;
mod default_privileges;
mod enums;
mod import_preview;
mod indexes;
mod managed;
mod metadata_access;
mod original;
mod policies;
mod privileges;
mod reach;
mod reading_only;
mod refresh;
mod roles;
mod schemas;
mod show;
mod table_views;
mod tables;
