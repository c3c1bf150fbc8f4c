//! How the tables of handlers are written.

/// Declares the handlers of one noun, a line a method:
/// - `Marker => use_case;` the use case gives the method's result;
/// - `Marker => bytes use_case;` it gives the result as JSON text that it wrote itself;
/// - `Marker => begin use_case;` it gives a session that begins, and its information is the result;
/// - `Marker => end use_case;` the session ends with it.
macro_rules! handlers {
    ($($method:path => $($function:ident)+ $(:: $rest:ident)*;)+) => {
        /// The handlers of this noun.
        pub(super) const HANDLERS: &[$crate::dispatch::Handler] = &[$(
            $crate::dispatch::macros::handler!($method => $($function)+ $(:: $rest)*)
        ),+];
    };
}

/// One line of [`handlers!`].
macro_rules! handler {
    (@ $method:path, $function:path, |$result:ident| $reply:expr) => {
        $crate::dispatch::Handler {
            info: <$method as mathesar_api::Method>::INFO,
            call: |ctx, params| {
                Box::pin(async move {
                    let params = $crate::dispatch::parse::<$method>(params)?;
                    let $result = $function(ctx, params).await?;
                    $reply
                })
            },
        }
    };
    ($method:path => bytes $function:path) => {
        $crate::dispatch::macros::handler!(@ $method, $function, |body| Ok($crate::dispatch::Reply {
            body: body.into(),
            session: $crate::dispatch::SessionChange::Keep,
        }))
    };
    ($method:path => begin $function:path) => {
        $crate::dispatch::macros::handler!(@ $method, $function, |issued| Ok($crate::dispatch::Reply {
            body: $crate::dispatch::encode(&issued.info)?,
            session: $crate::dispatch::SessionChange::Begin(Box::new(issued)),
        }))
    };
    ($method:path => end $function:path) => {
        $crate::dispatch::macros::handler!(@ $method, $function, |result| Ok($crate::dispatch::Reply {
            body: $crate::dispatch::encode(&result)?,
            session: $crate::dispatch::SessionChange::End,
        }))
    };
    ($method:path => $function:path) => {
        $crate::dispatch::macros::handler!(@ $method, $function, |result| $crate::dispatch::plain::<$method>(&result))
    };
}

pub(super) use {handler, handlers};
