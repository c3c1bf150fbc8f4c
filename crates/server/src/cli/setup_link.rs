//! `mathesar setup-link`.

use anyhow::bail;
use mathesar_app::setup;

use super::{Prepared, block_on, links, owner, whereabouts::Whereabouts};
use crate::start::{self, Purpose};

pub(super) fn run(prepared: Prepared) -> anyhow::Result<()> {
    let Prepared { environment, config, .. } = prepared;
    if !config.data_dir.exists() && config.external_url.is_none() {
        bail!("There is nothing at {} yet. Start the server first: mathesar serve", config.data_dir.display());
    }
    owner::become_owner_of(&config.data_dir)?;
    block_on(Some(1), async {
        let started = start::open(&config, &environment, Purpose::Command).await?;
        match setup::mint_token(&started.app).await? {
            Some(made) => {
                let server = Whereabouts::recall(&config.data_dir);
                let server =
                    server.unwrap_or(Whereabouts { address: config.listen.address, https: config.tls.is_some() });
                println!("{}", links::setup(&links::base(&config, server), &made.token));
            }
            None => bail!(
                "The first account exists already. Sign in with it; if its password is lost: mathesar users reset-password NAME"
            ),
        }
        Ok(())
    })
}
