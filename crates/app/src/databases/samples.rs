//! Sample schemas: SQL that is part of the program.

use mathesar_api::methods::NoParams;
use mathesar_api::methods::databases::SampleInfo;
use mathesar_sql::{Fragment, introspect};

use crate::model::{ident, restructuring};
use crate::{Ctx, Error, Result};

/// A schema with tables and rows to play with.
struct Sample {
    id: &'static str,
    schema: &'static str,
    description: &'static str,
    sql: &'static str,
}

macro_rules! sample {
    ($id:literal, $schema:literal, $description:literal) => {
        Sample {
            id: $id,
            schema: $schema,
            description: $description,
            sql: include_str!(concat!("../samples/", $id, ".sql")),
        }
    };
}

/// The ids are the original's.
const SAMPLES: &[Sample] = &[
    sample!("bike_shop", "Bike Shop", "A bicycle workshop: customers, bicycles, mechanics and service requests."),
    sample!("hardware_store", "Hardware Store", "A hardware store: products, suppliers, stock and sales."),
    sample!(
        "ice_cream_employees",
        "Ice Cream Employee Management",
        "The people of an ice-cream maker: departments, employees, shifts and reviews."
    ),
    sample!(
        "library_makerspace",
        "Library Makerspace",
        "A makerspace in a library: machines, members, trainings and bookings."
    ),
    sample!("library_management", "Library Management", "A public library: its books, copies, patrons and checkouts."),
    sample!("movie_rentals", "Movie Rentals", "A shop that rents films: titles, casts, customers and rentals."),
    sample!("museum_exhibits", "Museum Exhibits", "A museum: its collections, items, rooms, exhibits and loans."),
    sample!(
        "nonprofit_grants",
        "Nonprofit Grant Tracking",
        "Grants of a foundation: funders, organisations, applications and payments."
    ),
];

/// `databases.setup.samples`.
///
/// # Errors
/// None.
pub async fn list(_: &Ctx, _: NoParams) -> Result<Vec<SampleInfo>> {
    let info = |sample: &Sample| SampleInfo {
        id: sample.id.to_owned(),
        schema: sample.schema.to_owned(),
        description: sample.description.to_owned(),
    };
    Ok(SAMPLES.iter().map(info).collect())
}

fn find(id: &str) -> Result<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.id == id).ok_or_else(|| {
        let known: Vec<_> = SAMPLES.iter().map(|sample| sample.id).collect();
        Error::value(format!("There are no sample data \"{id}\"; there are {}.", known.join(", ")))
    })
}

/// Refuses ids that are unknown, before anything is done.
pub(super) fn check(ids: &[String]) -> Result<()> {
    ids.iter().try_for_each(|id| find(id).map(drop))
}

/// Makes the sample schemas, each in a transaction of its own; one whose schema is there already is left alone, as in the
/// original.
pub(super) async fn load(ctx: &Ctx, database_id: i64, ids: &[String]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut session = ctx.connect(database_id).await?;
    for id in ids {
        let sample = find(id)?;
        let tx = session.begin(&restructuring());
        let present = introspect::schema_by_name(&ident(sample.schema)?);
        if tx.introspect_one(&present).await?.is_none() {
            tx.run_script(&Fragment::of(sample.sql).finish()).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}
