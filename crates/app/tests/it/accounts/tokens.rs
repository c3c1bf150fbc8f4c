//! Programs that work as users, within the scopes of their tokens.

use mathesar_api::methods::databases::ListParams;
use mathesar_api::methods::tokens::{AddParams, RevokeParams, TokenInfo};
use mathesar_api::methods::{self, NoParams};
use mathesar_api::{Effect, ErrorCode};
use mathesar_app::auth::tokens;
use mathesar_app::{Ctx, access, databases::configured};
use secrecy::SecretString;

use super::world::{World, both, signed_in};
use crate::installation::Connected;

fn named(name: &str) -> AddParams {
    AddParams { name: name.to_owned(), ..AddParams::default() }
}

/// The owner of this token, as the server sees them.
async fn with_token(world: &World, token: &str) -> Result<Ctx, ErrorCode> {
    let mut ctx = world.visitor();
    let found = tokens::bearer(&world.app, &SecretString::from(token), &ctx.caller).await;
    ctx.caller.signed_in = Some(found.map_err(|error| error.code())?);
    Ok(ctx)
}

async fn make(ctx: &Ctx, params: AddParams) -> (String, TokenInfo) {
    let made = tokens::add(ctx, params).await.unwrap();
    (made.token, made.info)
}

async fn refusal(ctx: &Ctx, name: &str, database_id: Option<i64>) -> Option<ErrorCode> {
    let method = methods::find(name).unwrap();
    access::authorize(ctx, method, database_id).await.err().map(|error| error.code())
}

/// A database with the user as its collaborator.
async fn database_of(world: &World, user: &Ctx, name: &str) -> i64 {
    let database = Connected::at(&world.app, &format!("{name}.example.org"), None, name).await;
    database.admit(user, "clerk").await;
    database.database_id
}

both! {
    async fn a_token_is_shown_once_and_stands_for_its_user_until_it_is_revoked(world: &World) {
        let root = world.root().await;
        let (token, info) = make(&root, named(" nightly ")).await;
        assert!(token.starts_with("mathesar_") && token.len() == 52, "{token}");
        assert_eq!((info.name.as_str(), info.last_used_at.as_deref(), info.expired), ("nightly", None, false));
        let bot = with_token(world, &token).await.unwrap();
        assert_eq!(signed_in(&bot).user_id, signed_in(&root).user_id);
        assert_eq!(refusal(&bot, "users.add", None).await, None, "a superuser's token without scopes is a superuser's");
        let listed = tokens::list(&root, NoParams {}).await.unwrap();
        assert!(listed[0].last_used_at.is_some());
        assert!(!format!("{listed:?}").contains(&token[9..]));

        let ann = world.member(&root, "ann").await;
        let foreign = tokens::revoke(&ann, RevokeParams { token_id: info.id }).await.unwrap_err();
        assert_eq!(foreign.code(), ErrorCode::DOES_NOT_EXIST);
        tokens::revoke(&root, RevokeParams { token_id: info.id }).await.unwrap();
        assert_eq!(with_token(world, &token).await.err(), Some(ErrorCode::AUTHENTICATION_FAILED));
        assert!(tokens::list(&root, NoParams {}).await.unwrap().is_empty());
    }

    async fn a_token_ends_when_it_was_to_end(world: &World) {
        let root = world.root().await;
        let end = world.app.clock.now() + jiff::SignedDuration::from_secs(100);
        let (token, info) = make(&root, AddParams { expires_at: Some(end.to_string()), ..named("short") }).await;
        assert_eq!(info.expires_at.unwrap().parse::<jiff::Timestamp>().unwrap(), end);
        world.pass(99);
        assert!(with_token(world, &token).await.is_ok());
        world.pass(1);
        assert_eq!(with_token(world, &token).await.err(), Some(ErrorCode::AUTHENTICATION_FAILED));
        assert!(tokens::list(&root, NoParams {}).await.unwrap()[0].expired);
    }

    async fn its_last_use_is_noted_now_and_then(world: &World) {
        let root = world.root().await;
        let (token, _) = make(&root, named("busy")).await;
        let mut seen = Vec::new();
        for pause in [0, 60, 600] {
            world.pass(pause);
            with_token(world, &token).await.unwrap();
            seen.push(tokens::list(&root, NoParams {}).await.unwrap()[0].last_used_at.clone().unwrap());
        }
        assert!(seen[0] == seen[1] && seen[1] < seen[2], "{seen:?}");
    }

    async fn no_call_gets_beyond_the_scopes_or_the_user(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "ann").await;
        let (sales, stock) = (database_of(world, &ann, "sales").await, database_of(world, &ann, "stock").await);
        let reader = AddParams {
            methods: Some(vec!["records.*".to_owned(), "tables.list".to_owned()]),
            databases: Some(vec![sales]),
            read_only: true,
            ..named("reader")
        };
        let (token, _) = make(&ann, reader).await;
        let reader = with_token(world, &token).await.unwrap();
        for method in methods::methods() {
            let within = method.name.starts_with("records.") || method.name == "tables.list";
            let expected = (!within || method.effect != Effect::Read).then_some(ErrorCode::PERMISSION_DENIED);
            assert_eq!(refusal(&reader, method.name, Some(sales)).await, expected, "{}", method.name);
            assert_eq!(refusal(&reader, method.name, Some(stock)).await, Some(ErrorCode::PERMISSION_DENIED), "{}", method.name);
        }
        assert!(reader.place(sales).await.is_ok());
        assert_eq!(reader.place(stock).await.unwrap_err().code(), ErrorCode::PERMISSION_DENIED);

        // Without scopes it is as good as its user, and no better.
        let (token, _) = make(&ann, named("all of it")).await;
        let all = with_token(world, &token).await.unwrap();
        for method in methods::methods() {
            let about_tokens = method.name.starts_with("users.tokens.");
            let expected = match refusal(&ann, method.name, Some(stock)).await {
                None if about_tokens => Some(ErrorCode::PERMISSION_DENIED),
                as_user => as_user,
            };
            assert_eq!(refusal(&all, method.name, Some(stock)).await, expected, "{}", method.name);
        }
    }

    async fn a_token_for_one_database_sees_no_other(world: &World) {
        let root = world.root().await;
        let sales = database_of(world, &root, "sales").await;
        let stock = database_of(world, &root, "stock").await;
        let (token, _) = make(&root, AddParams { databases: Some(vec![stock]), ..named("stock") }).await;
        let bot = with_token(world, &token).await.unwrap();
        let seen = configured::list(&bot, ListParams::default()).await.unwrap();
        assert_eq!(seen.iter().map(|database| database.id).collect::<Vec<_>>(), [stock]);
        for name in ["users.list", "users.add", "session.list", "servers.configured.list", "collaborators.set_role"] {
            assert_eq!(refusal(&bot, name, None).await, Some(ErrorCode::PERMISSION_DENIED), "{name}");
        }
        for name in ["session.get", "databases.configured.list", "imports.preview", "jobs.get"] {
            assert_eq!(refusal(&bot, name, None).await, None, "{name}");
        }
        assert_eq!(refusal(&bot, "databases.configured.disconnect", Some(sales)).await, Some(ErrorCode::PERMISSION_DENIED));
        assert_eq!(refusal(&bot, "databases.configured.disconnect", Some(stock)).await, None);
    }

    async fn what_no_token_can_be_is_refused_in_words(world: &World) {
        let root = world.root().await;
        let sales = database_of(world, &root, "sales").await;
        make(&root, named("taken")).await;
        let list = |items: &[&str]| Some(items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        for (params, words) in [
            (named("  "), "name: "),
            (named(&"x".repeat(101)), "name: "),
            (named("taken"), "of this name already"),
            (AddParams { methods: list(&[]), ..named("a") }, "methods: "),
            (AddParams { methods: list(&["records.list", "record.*"]), ..named("a") }, "methods[1]: "),
            (AddParams { databases: Some(vec![]), ..named("a") }, "databases: "),
            (AddParams { databases: Some(vec![sales, 999]), ..named("a") }, "databases[1]: "),
            (AddParams { databases: Some(vec![sales, sales]), ..named("a") }, "databases: "),
            (AddParams { expires_at: Some("tomorrow".to_owned()), ..named("a") }, "expires_at: "),
            (AddParams { expires_at: Some("2001-01-01T00:00:00Z".to_owned()), ..named("a") }, "over already"),
        ] {
            let refused = tokens::add(&root, params).await.err().unwrap();
            assert!(refused.message().contains(words), "{}", refused.message());
        }
        let ann = world.member(&root, "ann").await;
        let foreign = tokens::add(&ann, AddParams { databases: Some(vec![sales]), ..named("a") }).await.err().unwrap();
        assert!(foreign.message().contains("you have no database"), "{}", foreign.message());
    }

    async fn guesses_are_slowed_down_and_hinder_nobody_who_knows(world: &World) {
        let root = world.root().await;
        let (token, _) = make(&root, named("good")).await;
        for guess in ["", "mathesar_", "Bearer", &token[..51], &format!("mathesar_{}", "A".repeat(43))] {
            assert_eq!(with_token(world, guess).await.err(), Some(ErrorCode::AUTHENTICATION_FAILED), "{guess}");
        }
        for _ in 0..5 {
            assert_eq!(with_token(world, "guess").await.err(), Some(ErrorCode::AUTHENTICATION_FAILED));
        }
        assert_eq!(with_token(world, "guess").await.err(), Some(ErrorCode::THROTTLED));
        assert!(with_token(world, &token).await.is_ok());
    }

    async fn the_tokens_of_a_deleted_user_end_with_them(world: &World) {
        let root = world.root().await;
        let ann = world.member(&root, "ann").await;
        let (token, _) = make(&ann, named("ann's")).await;
        world.app.store.users().delete(signed_in(&ann).user_id).await.unwrap();
        assert_eq!(with_token(world, &token).await.err(), Some(ErrorCode::AUTHENTICATION_FAILED));
    }
}
