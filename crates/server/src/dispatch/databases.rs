//! Databases: connecting, creating, describing, forgetting.

use mathesar_api::methods::databases::*;
use mathesar_app::databases::{self, configured, samples};
use mathesar_app::model::{ownership, privileges};

use super::handlers;

handlers! {
    DatabasesList => configured::list;
    DatabasesPatch => configured::patch;
    DatabasesDisconnect => configured::disconnect;
    DatabasesGet => configured::get;
    DatabasesUpgradeSql => configured::upgrade_sql;
    DatabasesDelete => databases::delete;
    DatabasesPrivilegesList => privileges::of_database;
    DatabasesPrivilegesReplace => privileges::replace_on_database;
    DatabasesDefaultsList => privileges::defaults::of_database;
    DatabasesDefaultsReplace => privileges::defaults::replace_in_database;
    DatabasesTransfer => ownership::transfer_database;
    DatabasesCreateNew => databases::create_new;
    DatabasesConnectExisting => databases::connect_existing;
    DatabasesTest => databases::test;
    DatabasesSamples => samples::list;
}
