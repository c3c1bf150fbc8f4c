//! Memory does not grow with the file.

use std::time::Duration;

use mathesar_api::methods::{
    imports::LoadParams,
    jobs::{JobParams, JobState},
};
use mathesar_app::{import, jobs};

use super::world::{World, test};

/// Bytes of the file.
const SIZE: usize = 2 * 1024 * 1024 * 1024;
/// Bytes by which the process may grow while it takes, looks at, loads and exports the file.
const GROWTH: u64 = 64 * 1024 * 1024;

/// The most memory that this process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

/// Uploads rows as they are made; returns the file and how many there are.
async fn upload(world: &World) -> (i64, i64) {
    let mut upload = import::spool(&world.ctx).await.unwrap();
    upload.write(b"id,name,price,at,note\n").await.unwrap();
    let (mut rows, mut written) = (0, 0);
    while written < SIZE {
        let piece: String = (rows..rows + 1000)
            .map(|id| {
                let (cents, day) = (id % 100, id % 28 + 1);
                format!("{id},Customer {id},{id}.{cents:02},2020-01-{day:02} 10:00:00,\"text, with \"\"quotes\"\" and {id}\"\n")
            })
            .collect();
        upload.write(piece.as_bytes()).await.unwrap();
        rows += 1000;
        written += piece.len();
    }
    (import::enter(&world.ctx, upload, "large.csv").await.unwrap().id, rows)
}

/// Begins a load, stops it when rows have arrived, and looks for what it left.
async fn cancel_on_the_way(world: &World, params: LoadParams) {
    let job = JobParams { job_id: import::load(&world.ctx, params).await.unwrap().id };
    while jobs::get(&world.ctx, job.clone()).await.unwrap().done < 100_000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    jobs::cancel(&world.ctx, job.clone()).await.unwrap();
    assert_eq!(world.wait(job.job_id).await.state, JobState::Cancelled);
    assert_eq!(world.scalar("select to_regclass('cancelled') is null").await, "t");
}

#[test]
#[ignore = "slow: takes 2 GB through upload, preview, load and export"]
fn memory_does_not_grow_with_the_file() {
    test(async |world| {
        assert_eq!(world.import("small.csv", b"id\n1\n", "small").await.error, None);
        let before = peak();
        let (file, rows) = upload(world).await;
        let preview = world.preview(file, None).await.unwrap();
        assert_eq!(preview.rows, rows);
        assert!(preview.columns[0].unique, "a rising number is a key however long the file is");
        let types: Vec<_> = preview.columns.iter().map(|column| column.kind.as_str()).collect();
        assert_eq!(types, ["integer", "text", "numeric", "timestamp without time zone", "text"]);
        cancel_on_the_way(world, world.as_previewed(&preview, "cancelled")).await;
        assert_eq!(world.load(world.as_previewed(&preview, "large")).await.error, None);
        assert_eq!(world.scalar("select count(*) from large").await, rows.to_string());
        let oid = world.scalar("select 'large'::regclass::oid").await.parse().unwrap();
        assert!(world.count_export(oid).await > SIZE * 9 / 10);
        let growth = peak() - before;
        assert!(growth < GROWTH, "the process grew by {growth} bytes");
    });
}
