//! From a file to a table: upload (spool, sniff), preview (one pass over all rows), load (one transaction, as a job).
//!
//! Memory does not grow with the file: it is read through [`records::Records`] in pieces, and PostgreSQL takes the rows as fast
//! as it can through a bounded channel.

mod binary;
mod copy_text;
mod dialect;
mod direct;
mod load;
mod names;
mod plan;
mod preview;
mod records;
mod rows;
mod sniff;
mod survey;
mod text;
mod upload;
mod words;

pub use direct::{BulkInsert, bulk_insert, import};
pub use load::{JOBS, append, load, run};
pub use preview::preview;
pub use upload::{finish as enter, path as path_of, remove, start as spool, sweep};
