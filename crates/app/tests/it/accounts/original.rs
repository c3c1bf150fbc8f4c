//! An installation of the original is taken over. The one in `testdata` ran; where its tables are, a test says by changing it.

use mathesar_api::methods::sharing::{SharedAccess, Sharing, SharingRight};
use mathesar_api::methods::{explorations::ListParams as Explorations, forms::ListParams as Forms};
use mathesar_app::migrate::{Fate, Report, Request, migrate};
use mathesar_app::{App, Error, SignedIn, explorations, forms};
use mathesar_store::password::{Verdict, verify};
use mathesar_testkit::{Cluster, TestDatabase};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::world::{World, both};
use crate::installation::Hands;

const SCRIPT: &str = include_str!("../../../../../testdata/original/internal-database.sql");
const KEY: &str = "bench-secret-key-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF";

/// The internal database of an installation, after these changes.
fn original(changes: &str) -> TestDatabase<'static> {
    tokio::task::block_in_place(|| {
        let database = Cluster::shared().database();
        database.execute(SCRIPT);
        // Where nobody listens, whatever runs beside this test.
        database.execute("update public.mathesar_server set port = 9");
        database.execute(changes);
        database
    })
}

fn request(original: &TestDatabase<'_>) -> Request {
    Request { url: original.url().into(), secret_key: Some(KEY.into()), without_passwords: false, rehearsal: false }
}

/// How many of each kind were brought over, are here already, and were left out.
fn counts(report: &Report) -> Vec<(&'static str, [usize; 3])> {
    let of = |lines: &[mathesar_app::migrate::Line]| {
        let count = |fate: fn(&Fate) -> bool| lines.iter().filter(|line| fate(&line.fate)).count();
        [
            count(|fate| *fate == Fate::BroughtOver),
            count(|fate| matches!(fate, Fate::HereAlready | Fate::GotPassword)),
            count(|fate| matches!(fate, Fate::LeftOut(_))),
        ]
    };
    report.sections.iter().map(|section| (section.title, of(&section.lines))).collect()
}

/// The counts of an untouched original in an empty installation, `at` this place of the three.
fn everything(at: usize) -> Vec<(&'static str, [usize; 3])> {
    let amounts = [
        ("Users", 2),
        ("Servers", 1),
        ("Databases", 2),
        ("Stored roles", 2),
        ("Collaborators", 3),
        ("Settings of tables", 7),
        ("Settings of columns", 1),
        ("Explorations", 1),
        ("Forms", 1),
    ];
    let counted = |(title, amount)| {
        let mut counts = [0; 3];
        counts[at] = amount;
        (title, counts)
    };
    amounts.map(counted).to_vec()
}

/// Why the things of one kind were left out.
fn left_out(report: &Report, title: &str) -> Vec<String> {
    let section = report.sections.iter().find(|section| section.title == title).unwrap();
    let reason = |line: &mathesar_app::migrate::Line| match &line.fate {
        Fate::LeftOut(reason) => Some(format!("{}: {reason}", line.what)),
        _ => None,
    };
    section.lines.iter().filter_map(reason).collect()
}

async fn database_id(app: &App, name: &str) -> i64 {
    let databases = app.store.databases().list(None).await.unwrap();
    databases.into_iter().find(|database| database.name == name).unwrap().id
}

both! {
    async fn everything_comes_over(world: &World) {
        let original = original("");
        let report = migrate(&world.app, request(&original)).await.unwrap();
        assert_eq!(counts(&report), everything(0));
        assert!(report.some_are_away);
        let databases = &report.sections[2].lines;
        assert_eq!(databases[0].what, "starter_db on 127.0.0.1:9");
        assert!(databases[0].note.as_ref().unwrap().contains("nothing listens at 127.0.0.1:9"), "{databases:?}");

        let store = &world.app.store;
        let ana = store.users().by_name("ana").await.unwrap().unwrap();
        assert_eq!((ana.full_name.as_str(), ana.display_language.as_str()), ("Ana Example", "es"));
        assert!(!ana.is_superuser && ana.password_change_needed);
        let id = database_id(&world.app, "starter_db").await;
        let place = store.collaborators().membership(ana.id, id).await.unwrap().unwrap();
        assert_eq!((place.role.name.as_str(), place.server.sslmode.as_str()), ("reader", "prefer"));
        let password = store.roles().password(&place.role).unwrap().unwrap();
        assert_eq!(password.expose_secret(), r#"re'ad"er \ pä$$"#);

        let table = store.metadata().table(id, 18202).await.unwrap().unwrap();
        let template = json!(["#", [1], " – ", [5]]);
        assert_eq!(table.settings, json!({ "column_order": [4, 2, 3, 5, 1], "record_summary_template": template }));
        let imported = store.metadata().table(id, 18401).await.unwrap().unwrap();
        assert_eq!(imported.settings, json!({ "import_verified": true, "mathesar_added_pkey_attnum": 1 }));
        let columns = store.metadata().columns(id, 18233).await.unwrap();
        assert_eq!(columns[0].settings, json!({ "date_format": "iso", "time_format": "24hr", "display_width": 240 }));

        let mut ctx = world.visitor();
        let (user_id, is_superuser) = (ana.id, ana.is_superuser);
        ctx.caller.signed_in = Some(SignedIn { user_id, is_superuser, password_change_needed: false, session_id: None, scopes: None });
        let listed = Explorations { database_id: id, schema_oid: Some(18201) };
        let exploration = explorations::list(&ctx, listed).await.unwrap().remove(0);
        assert_eq!((exploration.name.as_str(), exploration.base_table_oid), ("Requests per mechanic", 18233));
        assert_eq!(exploration.transformations.unwrap().len(), 2);
        assert_eq!(exploration.display_names.unwrap()["n"], "Requests");
        let everybodys = Sharing { owner: None, access: SharedAccess::Write, caller_may: SharingRight::Write };
        assert_eq!(exploration.sharing, everybodys);
        let form = forms::list(&ctx, Forms { database_id: id, schema_oid: None }).await.unwrap().remove(0);
        assert_eq!((form.token.as_str(), form.publish_public), ("59d3760a-6aef-45ed-9e7f-a295de00d2b2", false));
        assert_eq!((form.associated_role_id, form.sharing), (Some(place.role.id), Some(everybodys)));
        assert_eq!((form.fields[0].label.as_deref(), form.fields[0].column_attnum), (Some("What is wrong?"), 5));
    }

    async fn passwords_of_the_original_work_and_are_hashed_anew(world: &World) {
        let original = original("");
        migrate(&world.app, request(&original)).await.unwrap();
        assert!(world.sign_in("admin", "horse-battery-9").await.is_err());
        let stored = async || world.app.store.users().by_name("admin").await.unwrap().unwrap().password_hash;
        assert_eq!(verify(&"Horse-battery-9".into(), &stored().await), Verdict::RightButOld);
        world.sign_in("admin", "Horse-battery-9").await.unwrap();
        assert_eq!(verify(&"Horse-battery-9".into(), &stored().await), Verdict::Right);
        world.sign_in("admin", "Horse-battery-9").await.unwrap();
    }

    async fn a_rehearsal_changes_nothing_and_the_second_time_adds_nothing(world: &World) {
        let original = original("");
        let rehearsed = migrate(&world.app, Request { rehearsal: true, ..request(&original) }).await.unwrap();
        assert!(world.app.store.users().list().await.unwrap().is_empty());
        let report = migrate(&world.app, request(&original)).await.unwrap();
        assert_eq!(report, rehearsed);
        let again = migrate(&world.app, request(&original)).await.unwrap();
        assert_eq!(counts(&again), everything(1));
        assert_eq!(world.app.store.users().list().await.unwrap().len(), 2);
    }

    async fn another_key_is_refused_unless_passwords_may_be_left_out(world: &World) {
        let original = original("");
        let with = |key: Option<&str>| Request { secret_key: key.map(Into::into), ..request(&original) };
        let wrong = migrate(&world.app, with(Some("another key"))).await.unwrap_err();
        let roles = "mathesar on 127.0.0.1:9, reader on 127.0.0.1:9";
        assert!(wrong.message().contains("does not open 2 of 2") && wrong.message().contains(roles), "{wrong}");
        let missing = migrate(&world.app, with(None)).await.unwrap_err();
        assert!(missing.message().contains("--without-passwords") && missing.message().contains(roles), "{missing}");
        assert!(world.app.store.users().list().await.unwrap().is_empty());

        let without = Request { without_passwords: true, ..with(None) };
        let report = migrate(&world.app, without).await.unwrap();
        let role = &report.sections[3].lines[0];
        assert_eq!((&role.fate, role.note.is_some()), (&Fate::BroughtOver, true));
        let report = migrate(&world.app, request(&original)).await.unwrap();
        assert_eq!(report.sections[3].lines[0].fate, Fate::GotPassword);
    }

    async fn what_is_gone_is_left_out_where_the_database_can_be_looked_at(world: &World) {
        let tables = tokio::task::block_in_place(|| Cluster::shared().database());
        let number = |sql: &str| tokio::task::block_in_place(|| tables.scalar(sql)).unwrap();
        tokio::task::block_in_place(|| tables.execute(r#"create table "Service Requests" (id int, what text, gone int)"#));
        let (oid, schema) = (number(r#"select '"Service Requests"'::regclass::oid"#), number("select 'public'::regnamespace::oid"));
        tokio::task::block_in_place(|| tables.execute(r#"alter table "Service Requests" drop column gone"#));
        let cluster = tables.cluster();
        let original = original(&format!(
            "update public.mathesar_server set host = '{}', port = {};
             update public.mathesar_configuredrole set name = 'postgres', password = null where name = 'mathesar';
             update public.mathesar_database set name = '{}' where name = 'starter_db';
             update public.mathesar_columnmetadata set table_oid = {oid}, attnum = 2;
             insert into public.mathesar_columnmetadata (created_at, updated_at, table_oid, attnum, database_id, display_width)
               values (now(), now(), {oid}, 3, 3, 100);
             update public.mathesar_tablemetadata set table_oid = {oid} where table_oid = 18202;
             update public.mathesar_explorations set base_table_oid = {oid}, schema_oid = {schema}",
            cluster.socket_directory().display(),
            cluster.port(),
            tables.name(),
        ));
        let report = migrate(&world.app, request(&original)).await.unwrap();
        let id = database_id(&world.app, tables.name()).await;
        assert_eq!(
            left_out(&report, "Settings of columns"),
            [format!("column 3 of public.Service Requests in {}: the column with the number 3 is not there any more", tables.name())]
        );
        let gone = format!("table 18401 in {}: the table with the object identifier 18401 is not there any more", tables.name());
        assert_eq!(left_out(&report, "Settings of tables"), [gone]);
        assert_eq!(left_out(&report, "Forms").len(), 1);
        let kept = world.app.store.metadata().columns(id, oid.parse().unwrap()).await.unwrap().remove(0);
        assert_eq!((kept.table_name.as_str(), kept.column_name.as_str()), ("Service Requests", "what"));
        let exploration = world.app.store.explorations().list(id, None).await.unwrap().remove(0);
        assert_eq!(exploration.schema_name, "public");
        // The other one is not on this server: nothing is known of its tables, so that they are taken as they are.
        assert!(report.some_are_away);
        let bench = database_id(&world.app, "bench").await;
        assert_eq!(world.app.store.metadata().tables(bench).await.unwrap().len(), 5);
    }

    async fn what_cannot_be_here_is_left_out_with_all_that_belongs_to_it(world: &World) {
        let internal = tokio::task::block_in_place(|| Cluster::shared().database());
        tokio::task::block_in_place(|| internal.execute("create schema mathesar_internal"));
        let cluster = internal.cluster();
        let original = original(&format!(
            "update public.mathesar_server set host = '{}', port = {};
             update public.mathesar_configuredrole set name = 'postgres', password = null where name = 'mathesar';
             update public.mathesar_database set name = '{}' where name = 'starter_db';
             update public.mathesar_user set username = 'a:na', password = '!' where username = 'ana'",
            cluster.socket_directory().display(),
            cluster.port(),
            internal.name(),
        ));
        let report = migrate(&world.app, request(&original)).await.unwrap();
        assert!(left_out(&report, "Users")[0].contains("colon"), "{report:?}");
        assert!(left_out(&report, "Databases")[0].contains("keeps its own users"), "{report:?}");
        assert_eq!(left_out(&report, "Collaborators").len(), 2);
        assert_eq!(left_out(&report, "Explorations").len(), 1);
    }

    async fn who_cannot_sign_in_with_a_password_is_named(world: &World) {
        let original = original(
            "update public.mathesar_user set password = '!', is_active = false, email = 'nonsense' where username = 'ana'",
        );
        let report = migrate(&world.app, request(&original)).await.unwrap();
        let note = report.sections[0].lines[1].note.as_ref().unwrap();
        assert!(note.contains("mathesar users reset-password ana") && note.contains("may not sign in"), "{note}");
        let ana = world.app.store.users().by_name("ana").await.unwrap().unwrap();
        assert!(!ana.is_active && ana.email.is_empty());
        assert!(world.sign_in("ana", "Ana-fixture-pw-7").await.is_err());
    }
}

#[test]
fn sockets_are_left_out_where_they_are_not_allowed() {
    crate::installation::run(async {
        let original = original("update public.mathesar_server set host = '/run/postgresql', port = null");
        let home = crate::installation::Home::with_sqlite();
        let mut app = home.open(&Hands::new()).await;
        app.options.allow_unix_sockets = false;
        let report = migrate(&app, request(&original)).await.unwrap();
        assert!(left_out(&report, "Servers")[0].contains("Unix sockets are not allowed here"), "{report:?}");
        assert!(app.store.databases().list(None).await.unwrap().is_empty());
    });
}

#[test]
fn a_database_of_something_else_is_an_error_in_words() {
    crate::installation::run(async {
        let other = tokio::task::block_in_place(|| Cluster::shared().database());
        let app = crate::installation::Home::with_sqlite().open(&Hands::new()).await;
        let refused: Error = migrate(&app, request(&other)).await.unwrap_err();
        assert!(refused.message().contains("mathesar_django"), "{refused}");
    });
}
