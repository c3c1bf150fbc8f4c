//! Jobs and uploads.

use mathesar_store::{Error, Job, JobState, NewDataFile, NewJob, Outcome, Store};
use serde_json::json;

use crate::fixture::{Engine, add_user, at, both};

async fn enqueue(store: &Store, user_id: i64, kind: &str) -> Job {
    let new = NewJob { kind: kind.to_owned(), user_id, database_id: None, payload: json!({"rows": 1}) };
    store.jobs().enqueue(new, at(0)).await.unwrap()
}

both! {
    async fn a_job_runs_from_queue_to_end(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let queued = enqueue(&store, ann.id, "import").await;
        assert_eq!(store.jobs().claim("w1", &["export"], at(1)).await.unwrap(), None);
        let claimed = store.jobs().claim("w1", &["import"], at(1)).await.unwrap().unwrap();
        assert_eq!((claimed.id, claimed.state, claimed.payload), (queued.id, JobState::Running, json!({"rows": 1})));
        assert!(!store.jobs().heartbeat(queued.id, "w1", (5, Some(10)), at(2)).await.unwrap());
        let stranger = store.jobs().heartbeat(queued.id, "w2", (6, None), at(2)).await;
        assert!(matches!(stranger, Err(Error::NotFound { .. })));
        store.jobs().ask_cancel(queued.id, at(3)).await.unwrap();
        assert!(store.jobs().heartbeat(queued.id, "w1", (7, Some(10)), at(3)).await.unwrap());
        store.jobs().finish(queued.id, "w1", Outcome::Done(json!({"table": 1})), at(4)).await.unwrap();
        let ended = store.jobs().get(queued.id).await.unwrap();
        assert_eq!((ended.state, ended.result, ended.progress_done), (JobState::Done, Some(json!({"table": 1})), 7));
        assert!(ended.state.is_over());
        assert!(store.jobs().finish(queued.id, "w1", Outcome::Cancelled, at(5)).await.is_err());
        assert_eq!(store.jobs().ask_cancel(queued.id, at(5)).await.unwrap().state, JobState::Done);
        assert_eq!(store.jobs().purge(at(4)).await.unwrap(), 0);
        assert_eq!(store.jobs().purge(at(5)).await.unwrap(), 1);
    }

    async fn each_job_goes_to_one_worker(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        for _ in 0..20 {
            enqueue(&store, ann.id, "import").await;
        }
        let workers = (0..4).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Some(job) = store.jobs().claim(&format!("w{number}"), &["import"], at(1)).await.unwrap() {
                    mine.push(job.id);
                }
                mine
            })
        });
        let mut claimed = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            claimed.extend(worker.await.unwrap());
        }
        claimed.sort_unstable();
        claimed.dedup();
        assert_eq!(claimed.len(), 20);
    }

    async fn a_queued_job_is_cancelled_at_once(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        let queued = enqueue(&store, ann.id, "import").await;
        assert_eq!(store.jobs().ask_cancel(queued.id, at(1)).await.unwrap().state, JobState::Cancelled);
        assert_eq!(store.jobs().claim("w1", &["import"], at(2)).await.unwrap(), None);
    }

    async fn an_abandoned_job_fails_and_its_worker_is_told(engine: &Engine) {
        let store = engine.open().await;
        let ann = add_user(&store, "ann").await;
        enqueue(&store, ann.id, "import").await;
        enqueue(&store, ann.id, "import").await;
        let silent = store.jobs().claim("w1", &["import"], at(1)).await.unwrap().unwrap();
        let alive = store.jobs().claim("w2", &["import"], at(1)).await.unwrap().unwrap();
        store.jobs().heartbeat(alive.id, "w2", (1, None), at(60)).await.unwrap();
        assert_eq!(store.jobs().fail_abandoned(at(30), json!("the server stopped"), at(61)).await.unwrap(), 1);
        let failed = store.jobs().get(silent.id).await.unwrap();
        assert_eq!((failed.state, failed.result), (JobState::Failed, Some(json!("the server stopped"))));
        assert!(store.jobs().heartbeat(silent.id, "w1", (2, None), at(62)).await.is_err());
        assert_eq!(store.jobs().list(ann.id, 10).await.unwrap().len(), 2);
    }

    async fn an_upload_is_its_users_own(engine: &Engine) {
        let store = engine.open().await;
        let (ann, bob) = (add_user(&store, "ann").await, add_user(&store, "bob").await);
        let new = NewDataFile {
            user_id: ann.id,
            name: "fruit.csv".to_owned(),
            spool_path: "0001.csv".to_owned(),
            size_bytes: 1 << 40,
            dialect: json!({"delimiter": ","}),
        };
        let file = store.data_files().add(new, at(0)).await.unwrap();
        assert_eq!(store.data_files().get(ann.id, file.id).await.unwrap(), file);
        assert!(matches!(store.data_files().get(bob.id, file.id).await, Err(Error::NotFound { .. })));
        assert!(matches!(store.data_files().delete(bob.id, file.id).await, Err(Error::NotFound { .. })));
        let changed = store.data_files().set_dialect(ann.id, file.id, json!({"delimiter": ";"})).await.unwrap();
        assert_eq!(changed.dialect, json!({"delimiter": ";"}));
        assert_eq!(store.data_files().older_than(at(0)).await.unwrap(), []);
        assert_eq!(store.data_files().older_than(at(1)).await.unwrap().len(), 1);
        assert_eq!(store.data_files().delete(ann.id, file.id).await.unwrap().spool_path, "0001.csv");
        assert!(store.data_files().list(ann.id).await.unwrap().is_empty());
    }
}
