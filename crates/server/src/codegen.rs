//! Everything that is generated from tables in this workspace, as (path in the repository, content).
//!
//! It is committed; a test compares it with what the tables say, and `cargo run -p mathesar-server --bin codegen` writes it anew.

mod compatibility;
mod helm;
mod methods;

/// One generated file.
pub struct Generated {
    /// Path from the root of the repository, with `/`.
    pub path: &'static str,
    /// The whole content.
    pub content: String,
}

/// Every generated file.
pub fn files() -> Vec<Generated> {
    let file = |path, content| Generated { path, content };
    vec![
        file("client/packages/api/src/generated/contract.ts", mathesar_api::typescript::contract()),
        file("client/packages/api/src/generated/types.json", mathesar_types::family::registry_json()),
        file("docs/reference/compatibility.md", compatibility::page(&document())),
        file("docs/reference/openapi.json", openapi("")),
        file("docs/reference/openrpc.json", openrpc()),
        file("docs/reference/methods.md", methods::page(&document())),
        file("docs/reference/settings.md", crate::config::show::reference()),
        file("packaging/helm/mathesar/README.md", helm::readme()),
        file("packaging/helm/mathesar/values.schema.json", helm::schema()),
    ]
}

/// The OpenRPC document as this program serves it.
pub fn openrpc() -> String {
    format!("{:#}\n", document())
}

/// The OpenAPI document as this program serves it below this base path.
pub fn openapi(base_path: &str) -> String {
    format!("{:#}\n", crate::http::openapi::document(env!("CARGO_PKG_VERSION"), base_path))
}

fn document() -> serde_json::Value {
    mathesar_api::openrpc::document(env!("CARGO_PKG_VERSION"))
}
