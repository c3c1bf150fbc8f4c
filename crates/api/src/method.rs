//! What a method is, and the one table of them.

use schemars::{Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Anyone, without signing in.
    Anonymous,
    /// Anyone who is signed in.
    Login,
    /// Signed in, and a collaborator of the database named by `database_id` (superusers included: a collaborator row says
    /// as which PostgreSQL role they work).
    Collaborator,
    /// A superuser of this installation.
    Superuser,
}

/// What a call does, so that a token can be limited to reading and a client knows what it may repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes rows of a user database.
    Write,
    /// Changes the structure or the rights of a user database.
    Schema,
    /// Changes our own data: users, connections, metadata, jobs.
    Settings,
}

impl Access {
    /// The word for it in documents and generated code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Login => "login",
            Self::Collaborator => "collaborator",
            Self::Superuser => "superuser",
        }
    }
}

impl Effect {
    /// The word for it in documents and generated code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Schema => "schema",
            Self::Settings => "settings",
        }
    }
}

/// One remote procedure: its name, its parameters, its result.
pub trait Method {
    /// The name that callers use, `noun.verb`.
    const NAME: &'static str;
    /// The row of [`methods()`](crate::methods()).
    const INFO: &'static MethodInfo;
    /// Named parameters. Unknown ones are refused.
    type Params: DeserializeOwned + Send;
    /// The shape of `result`.
    type Result: Serialize + Send;
}

/// A row of the table of methods: everything that documentation, generated clients and coverage tests need to know.
pub struct MethodInfo {
    /// `noun.verb`.
    pub name: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it does.
    pub effect: Effect,
    /// The doc comment, in Markdown; each line as written, with its leading space.
    pub doc: &'static [&'static str],
    /// JSON Schema of the parameters.
    pub params_schema: fn(&mut SchemaGenerator) -> Schema,
    /// JSON Schema of the result.
    pub result_schema: fn(&mut SchemaGenerator) -> Schema,
}

impl MethodInfo {
    /// The doc comment without the space that begins each line.
    pub fn doc_text(&self, line_break: &str) -> String {
        self.doc.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join(line_break)
    }
}

/// The first sentence of a description, without its full stop.
pub fn summary(doc: &str) -> &str {
    doc.split_once(". ").map_or(doc.trim_end_matches('.'), |(first, _)| first)
}

/// A method in TypeScript.
///
/// Apart from [`MethodInfo`], so that the server, which has no use for it, is made without it: ts-rs writes the code that visits
/// types in another order each time, and no two builds of the server would be the same.
pub struct MethodTypes {
    /// `noun.verb`.
    pub name: &'static str,
    /// The name of the parameters' type.
    pub params: fn(&ts_rs::Config) -> String,
    /// The name of the result's type.
    pub result: fn(&ts_rs::Config) -> String,
    /// Calls the visitor with every type that the method mentions.
    pub visit: fn(&mut dyn TypeSink),
}

/// Receives the TypeScript types that a method mentions; see [`MethodTypes::visit`].
pub trait TypeSink {
    /// Takes one type: its name and its declaration (`export type … = …;`), without dependencies.
    fn take(&mut self, name: String, declaration: String);
    /// The settings that names and declarations are written with.
    fn config(&self) -> &ts_rs::Config;
}

/// Feeds `T` and everything that it refers to into `sink`.
pub fn visit_type<T: ts_rs::TS + 'static>(sink: &mut dyn TypeSink) {
    struct Walk<'a> {
        sink: &'a mut dyn TypeSink,
        seen: std::collections::HashSet<std::any::TypeId>,
    }
    impl ts_rs::TypeVisitor for Walk<'_> {
        fn visit<T: ts_rs::TS + 'static + ?Sized>(&mut self) {
            if !self.seen.insert(std::any::TypeId::of::<T>()) {
                return;
            }
            if T::output_path().is_some() {
                let (name, declaration) = (T::ident(self.sink.config()), T::decl(self.sink.config()));
                let docs = T::docs().unwrap_or_default();
                self.sink.take(name, format!("{docs}export {declaration}"));
            }
            T::visit_dependencies(self);
            T::visit_generics(self);
        }
    }
    let mut walk = Walk { sink, seen: std::collections::HashSet::new() };
    ts_rs::TypeVisitor::visit::<T>(&mut walk);
}

/// Declares the methods of one noun: marker types that implement [`Method`], and slices of their rows and of their types.
macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])+
        $access:ident $effect:ident $name:literal $marker:ident ($params:ty) -> $result:ty;
    )+) => {
        $(
            $(#[doc = $doc])+
            pub struct $marker;

            impl $crate::method::Method for $marker {
                const NAME: &'static str = $name;
                const INFO: &'static $crate::method::MethodInfo = &$crate::method::MethodInfo {
                    name: $name,
                    access: $crate::method::Access::$access,
                    effect: $crate::method::Effect::$effect,
                    doc: &[$($doc),+],
                    params_schema: |g| g.subschema_for::<$params>(),
                    result_schema: |g| g.subschema_for::<$result>(),
                };
                type Params = $params;
                type Result = $result;
            }
        )+

        /// The rows of this noun.
        pub const METHODS: &[&$crate::method::MethodInfo] = &[$(<$marker as $crate::method::Method>::INFO),+];

        /// Their types.
        pub const TYPES: &[$crate::method::MethodTypes] = &[$($crate::method::MethodTypes {
            name: $name,
            params: |c| <$params as ts_rs::TS>::name(c),
            result: |c| <$result as ts_rs::TS>::name(c),
            visit: |sink| {
                $crate::method::visit_type::<$params>(sink);
                $crate::method::visit_type::<$result>(sink);
            },
        }),+];
    };
}
pub(crate) use methods;
