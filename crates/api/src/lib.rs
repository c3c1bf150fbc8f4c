//! The contract: methods, their parameters and results, and errors. Pure: no I/O, no runtime, no web framework, no driver (invariant I1).
//!
//! One table, [`methods()`], is read by the dispatcher, the OpenRPC document, the generated TypeScript client and the coverage
//! tests. The names and shapes of methods that the original has are the original's; what is ours is marked in its doc comment
//! with "Ours."

pub mod error;
pub mod method;
pub mod methods;
pub mod openrpc;
pub mod original;
pub mod rpc;
pub mod sqlstate;
pub mod typescript;
pub mod value;

pub use error::{ErrorCode, ErrorKind};
pub use method::{Access, Effect, Method, MethodInfo};
pub use methods::{find, methods};
pub use value::{Json, Patch};
