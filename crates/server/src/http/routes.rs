//! Every address of the server, in one table: who answers there, and how it is described.
//!
//! Each module of `http` has the rows of what it answers; the router and the [OpenAPI document](super::openapi) are made of them, so
//! that neither knows an address that the other does not.

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, any},
};
use mathesar_api::error::RpcError;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{
    assets, bulk_insert, data_files, documentation, documents, export, files, health, licenses, login, metrics, rpc,
    sightings, state::Shared, system,
};

/// An address, and who answers there.
pub struct Route<S: 'static = Arc<Shared>> {
    /// How it is described.
    pub operation: Operation,
    /// Who answers requests of the operation's verb.
    pub handler: fn(MethodFilter) -> MethodRouter<S>,
}

/// What a client may do with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads; `HEAD` does the same without a body.
    Get,
    /// Sends.
    Post,
    /// Changes.
    Patch,
}

impl Verb {
    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
        }
    }

    /// As OpenAPI writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Patch => "patch",
        }
    }
}

/// Whom an operation lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody, signed in or not.
    Anybody,
    /// Who is signed in. What they may do there depends on what they ask for.
    SignedIn,
    /// Who has the token of the metrics.
    Monitoring,
}

/// Makes a JSON Schema.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// The [`Shape`] of a type.
pub fn shape<T: JsonSchema>(shapes: &mut SchemaGenerator) -> Schema {
    shapes.subschema_for::<T>()
}

/// A part of a path that stands for many.
pub struct Parameter {
    /// As it is written in the path, between braces.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What it can be.
    pub shape: Shape,
}

/// A body of a request or an answer.
pub struct Content {
    /// Its media type.
    pub kind: &'static str,
    /// What it holds.
    pub shape: Shape,
}

/// JSON of this shape.
pub const fn json(shape: Shape) -> Content {
    Content { kind: "application/json", shape }
}

/// A page for people.
pub const PAGE: Content = Content { kind: "text/html", shape: shape::<String> };
/// A text that is no page.
pub const TEXT: Content = Content { kind: "text/plain", shape: shape::<String> };

/// What failures are told by: an error of the contract's table; a page where the host name is not allowed.
pub const FAILURE: &[Content] = &[json(shape::<RpcError>), PAGE];

/// An answer that is no error.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// When it is given, or what it holds.
    pub doc: &'static str,
    /// Its body, of one of these kinds, or none.
    pub content: &'static [Content],
}

/// One verb at one address, for readers.
pub struct Operation {
    /// What is done.
    pub verb: Verb,
    /// Where, in the router's spelling.
    pub path: &'static str,
    /// A name that nothing else has.
    pub id: &'static str,
    /// What it does; the first sentence is the summary.
    pub doc: &'static str,
    /// For whom.
    pub audience: Audience,
    /// Each part of the path that stands for many.
    pub parameters: &'static [Parameter],
    /// An object whose members are what may stand in the query.
    pub query: Option<Shape>,
    /// The body that is sent, of one of these kinds, or none.
    pub body: &'static [Content],
    /// What is answered when nothing is wrong.
    pub answers: &'static [Answer],
    /// What else is answered, with any other status.
    pub failure: &'static [Content],
}

impl Operation {
    /// One for the signed-in, without parameters and bodies.
    pub const fn new(verb: Verb, path: &'static str, id: &'static str, doc: &'static str) -> Self {
        let audience = Audience::SignedIn;
        Self { verb, path, id, doc, audience, parameters: &[], query: None, body: &[], answers: &[], failure: FAILURE }
    }

    /// Lets in whom else.
    pub const fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Tells the parts of the path that stand for many.
    pub const fn parameters(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    /// Tells what may stand in the query.
    pub const fn query(mut self, query: Shape) -> Self {
        self.query = Some(query);
        self
    }

    /// Tells what is sent.
    pub const fn body(mut self, body: &'static [Content]) -> Self {
        self.body = body;
        self
    }

    /// Tells what is answered when nothing is wrong.
    pub const fn answers(mut self, answers: &'static [Answer]) -> Self {
        self.answers = answers;
        self
    }

    /// Tells what is answered instead of the usual error.
    pub const fn failure(mut self, failure: &'static [Content]) -> Self {
        self.failure = failure;
        self
    }
}

/// The rows of all modules that answer at the server's own address.
fn routes() -> impl Iterator<Item = &'static Route> {
    [
        rpc::ROUTES,
        documents::ROUTES,
        data_files::ROUTES,
        bulk_insert::ROUTES,
        export::ROUTES,
        files::ROUTES,
        login::ROUTES,
        documentation::ROUTES,
        licenses::ROUTES,
        health::ROUTES,
        sightings::ROUTES,
        assets::ROUTES,
    ]
    .into_iter()
    .flatten()
}

/// Everything that can be asked for, at the server's own address and at that of the metrics. The methods of the contract, which
/// all have one row, are in the contract.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    routes().map(|route| &route.operation).chain(system::OPERATIONS).chain([&metrics::ROUTE.operation])
}

/// A router that knows these rows and nothing else.
pub fn router_of<S: Clone + Send + Sync + 'static>(rows: impl Iterator<Item = &'static Route<S>>) -> Router<S> {
    rows.fold(Router::new(), |router, row| router.route(row.operation.path, (row.handler)(row.operation.verb.filter())))
}

/// The router of the server's own address. What is not in the table is one of the application's addresses.
pub fn router() -> Router<Arc<Shared>> {
    router_of(routes()).route("/api/{*path}", any(no_such_path)).fallback(assets::application)
}

async fn no_such_path() -> Response {
    (StatusCode::NOT_FOUND, "There is no such path below /api/. See /api/openapi.json.\n").into_response()
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs};

    use super::*;

    #[test]
    fn every_row_has_a_verb_and_path_and_a_name_of_its_own() {
        let (mut places, mut names) = (HashSet::new(), HashSet::new());
        for operation in operations() {
            assert!(places.insert((operation.verb.as_str(), operation.path)), "{} twice", operation.path);
            assert!(names.insert(operation.id), "{} twice", operation.id);
            assert!(operation.doc.ends_with('.') && !operation.answers.is_empty(), "{}", operation.id);
        }
        drop(router());
    }

    #[test]
    fn every_variable_part_of_a_path_is_told() {
        for operation in operations() {
            let parts = operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            let parts: Vec<_> = parts.map(|part| part.trim_start_matches('*')).collect();
            let told: Vec<_> = operation.parameters.iter().map(|parameter| parameter.name).collect();
            assert_eq!(parts, told, "{}", operation.path);
        }
    }

    /// Which addresses a router of axum has cannot be read from it, but who adds one can.
    #[test]
    fn addresses_are_added_by_the_table_alone() {
        let adds = [".route(", ".route_service(", ".nest(", ".nest_service(", ".merge("];
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http")).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("routes.rs") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let added = adds.iter().find(|call| source.contains(*call));
            assert_eq!(added, None, "{}: an address is a row of the table in routes.rs", path.display());
        }
    }
}
