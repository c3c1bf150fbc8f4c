//! Taking over what another installation knew.

use mathesar_store::{
    Arrival, ColumnName, Error, Foreign, ForeignColumn, ForeignForm, ForeignTable, NewCollaborator, NewDatabase,
    NewExploration, NewForm, NewRole, NewServer, NewUser, ServerChange, Sharing, Store, TableName, TakenOver, Takeover,
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::fixture::{Engine, add_superuser, add_user, at, both, new_user, secret};

/// Numbers that nothing here has.
const SERVER: i64 = 901;
const DATABASE: i64 = 902;
const ROLE: i64 = 903;

fn table() -> TableName {
    TableName { oid: 16_400, schema: "public".to_owned(), name: "book".to_owned() }
}

fn form(token: &str) -> ForeignForm {
    ForeignForm {
        new: NewForm {
            database_id: DATABASE,
            schema_oid: 2200,
            schema_name: "public".to_owned(),
            base_table_oid: 16_400,
            associated_role_id: Some(ROLE),
            name: "Lend a book".to_owned(),
            definition: "{}".to_owned(),
        },
        token: token.to_owned(),
        publish_public: true,
    }
}

fn everything() -> Takeover {
    let server = NewServer {
        host: "db.example.org".to_owned(),
        port: Some(5432),
        sslmode: "require".to_owned(),
        ca_pem: None,
        managed: false,
    };
    let database = NewDatabase { server_id: SERVER, name: "library".to_owned(), nickname: None, managed: false };
    let role = NewRole { server_id: SERVER, name: "reader".to_owned(), password: Some(secret("open sesame")) };
    let settings = ForeignTable { database_id: DATABASE, table: table(), settings: json!({ "column_order": [2, 1] }) };
    Takeover {
        users: vec![
            Foreign { id: 801, new: NewUser { is_superuser: true, ..new_user("ann") } },
            Foreign { id: 802, new: NewUser { is_active: false, ..new_user("bob") } },
        ],
        servers: vec![Foreign { id: SERVER, new: server }],
        databases: vec![Foreign { id: DATABASE, new: database }],
        roles: vec![Foreign { id: ROLE, new: role }],
        collaborators: vec![NewCollaborator { user_id: 802, database_id: DATABASE, role_id: ROLE }],
        columns: vec![ForeignColumn {
            of: ForeignTable { settings: json!({ "display_width": 240 }), ..settings.clone() },
            column: ColumnName { attnum: 2, name: "title".to_owned() },
        }],
        tables: vec![settings],
        explorations: vec![NewExploration {
            database_id: DATABASE,
            schema_oid: 2200,
            schema_name: "public".to_owned(),
            name: "Books a year".to_owned(),
            base_table_oid: 16_400,
            definition: "{}".to_owned(),
        }],
        forms: vec![form("59d3760a")],
    }
}

fn all(taken: TakenOver) -> Vec<Arrival> {
    let TakenOver { users, servers, databases, roles, collaborators, tables, columns, explorations, forms } = taken;
    [users, servers, databases, roles, collaborators, tables, columns, explorations, forms].concat()
}

/// How much there is of everything.
async fn amounts(store: &Store) -> [usize; 6] {
    let database = store.databases().list(None).await.unwrap().first().map_or(0, |database| database.id);
    [
        store.users().list().await.unwrap().len(),
        store.servers().list().await.unwrap().len(),
        store.collaborators().list(database).await.unwrap().len(),
        store.metadata().tables(database).await.unwrap().len(),
        store.explorations().list(database, None).await.unwrap().len(),
        store.forms().list(database, None).await.unwrap().len(),
    ]
}

both! {
    async fn everything_arrives_with_our_numbers_and_sealed_for_our_rows(engine: &Engine) {
        let store = engine.open().await;
        let taken = all(store.take_over(everything(), false, at(1)).await.unwrap());
        assert_eq!(taken, [Arrival::Added; 10]);
        let bob = store.users().by_name("bob").await.unwrap().unwrap();
        assert!(!bob.is_active && !bob.is_superuser);
        let database = store.databases().list(None).await.unwrap().remove(0);
        let place = store.collaborators().membership(bob.id, database.id).await.unwrap().unwrap();
        assert_eq!((place.server.host.as_str(), place.role.name.as_str()), ("db.example.org", "reader"));
        let password = store.roles().password(&place.role).unwrap().unwrap();
        assert_eq!(password.expose_secret(), "open sesame");
        let columns = store.metadata().columns(database.id, 16_400).await.unwrap();
        assert_eq!((columns[0].attnum, &columns[0].settings), (2, &json!({ "display_width": 240 })));
        let form = store.forms().by_token("59d3760a").await.unwrap().unwrap();
        assert_eq!(form.sharing(), Sharing::default(), "nobody owns it, so that everybody goes on changing it");
        assert_eq!((form.associated_role_id, form.publish_public), (Some(place.role.id), true));
    }

    async fn a_rehearsal_says_the_same_and_leaves_nothing(engine: &Engine) {
        let store = engine.open().await;
        let taken = all(store.take_over(everything(), true, at(1)).await.unwrap());
        assert_eq!(taken, [Arrival::Added; 10]);
        assert_eq!(amounts(&store).await, [0; 6]);
        assert!(!store.first_run().is_complete().await.unwrap());
    }

    async fn the_second_time_adds_nothing(engine: &Engine) {
        let store = engine.open().await;
        store.take_over(everything(), false, at(1)).await.unwrap();
        let before = amounts(&store).await;
        // An address without a port means the same.
        let mut again = everything();
        again.servers[0].new.port = None;
        let taken = all(store.take_over(again, false, at(2)).await.unwrap());
        assert_eq!((taken, amounts(&store).await), (vec![Arrival::Present; 10], before));
    }

    async fn a_server_that_got_another_address_here_is_known_again(engine: &Engine) {
        let store = engine.open().await;
        store.take_over(everything(), false, at(1)).await.unwrap();
        let server = store.servers().list().await.unwrap().remove(0);
        let moved = ServerChange { host: Some("10.0.0.7".to_owned()), port: Some(Some(5433)), ..ServerChange::default() };
        store.servers().change(server.id, moved, at(2)).await.unwrap();
        let taken = all(store.take_over(everything(), false, at(3)).await.unwrap());
        assert_eq!((taken, store.servers().list().await.unwrap().len()), (vec![Arrival::Present; 10], 1));
    }

    async fn what_is_here_stays_and_a_role_without_password_gets_it(engine: &Engine) {
        let store = engine.open().await;
        add_superuser(&store, "root").await;
        let ann = add_user(&store, "ann").await;
        let mut without = everything();
        without.roles[0].new.password = None;
        store.take_over(without, false, at(1)).await.unwrap();
        assert_eq!(store.users().by_name("ann").await.unwrap().unwrap(), ann, "nobody becomes a superuser by their name");

        let taken = store.take_over(everything(), false, at(2)).await.unwrap();
        assert_eq!((taken.users[0], taken.roles[0]), (Arrival::Present, Arrival::Completed));
        let server = store.servers().list().await.unwrap().remove(0);
        let role = store.roles().by_name(server.id, "reader").await.unwrap().unwrap();
        assert_eq!(store.roles().password(&role).unwrap().unwrap().expose_secret(), "open sesame");
    }

    async fn the_first_superuser_ends_the_set_up(engine: &Engine) {
        let store = engine.open().await;
        let mut nobody = everything();
        nobody.users.remove(0);
        let refused = store.take_over(nobody, false, at(1)).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict { .. }), "{refused:?}");
        assert_eq!(amounts(&store).await, [0; 6]);
        store.take_over(everything(), false, at(1)).await.unwrap();
        assert!(matches!(store.first_run().complete(new_user("eve"), at(2)).await, Err(Error::Conflict { .. })));
    }

    async fn what_belongs_to_nothing_is_left_out(engine: &Engine) {
        let store = engine.open().await;
        let homeless = Takeover { servers: Vec::new(), ..everything() };
        let taken = all(store.take_over(homeless, false, at(1)).await.unwrap());
        assert_eq!(taken[..2], [Arrival::Added; 2]);
        assert_eq!(taken[2..], [Arrival::Homeless; 7]);
    }

    async fn all_is_taken_back_when_something_fails(engine: &Engine) {
        let store = engine.open().await;
        let mut broken = everything();
        broken.forms.push(ForeignForm { new: NewForm { name: "x".repeat(200), ..form("other").new }, ..form("other") });
        store.take_over(broken, false, at(1)).await.unwrap_err();
        assert_eq!(amounts(&store).await, [0; 6]);
    }
}
