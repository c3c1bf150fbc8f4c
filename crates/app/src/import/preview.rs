//! `imports.preview`: what a file would become.

use mathesar_api::methods::imports::{
    Dialect, ImportAlternative, ImportColumn, ImportNullWord, ImportPreview, ImportSample, PreviewParams,
};
use mathesar_store::DataFile;
use mathesar_types::infer::{Alternative, Guess, Loss, NullWord, Sample};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    dialect::{Known, merge},
    names,
    survey::{Survey, survey},
    upload, words,
};
use crate::{Ctx, Error, Result, limits};

/// A preview keeps a processor busy: there are fewer of them at a time than there may be requests.
static AT_WORK: Semaphore = Semaphore::const_new(limits::PREVIEWS_AT_ONCE);

/// Reads an uploaded file to its end and says what it would become. Touches no database.
///
/// # Errors
/// `DoesNotExist` when the file is not one of the caller's; words with a line number when it cannot be cut into fields.
pub async fn preview(ctx: &Ctx, params: PreviewParams) -> Result<ImportPreview> {
    let file = ctx.app.store.data_files().get(ctx.signed_in()?.user_id, params.data_file_id).await?;
    let (known, survey) = look(ctx, &file, params.dialect.unwrap_or_default()).await?;
    Ok(describe(&file, known, survey))
}

/// Reads a file to its end, cut as `said`.
///
/// # Errors
/// Words with a line number when it cannot be cut into fields.
pub(super) async fn look(ctx: &Ctx, file: &DataFile, said: Dialect) -> Result<(Known, Survey)> {
    let dialect = merge(said, stored_dialect(file));
    let path = upload::path(&ctx.app, file);
    let _turn = AT_WORK.acquire().await.map_err(Error::internal)?;
    let stop = CancellationToken::new();
    let _stop_when_dropped = stop.clone().drop_guard();
    let work = move || -> Result<_> {
        let known = Known::find(&path, &dialect)?;
        Ok((known, survey(&path, known, &stop)?))
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// What the upload found out, completed or corrected by earlier previews.
pub(super) fn stored_dialect(file: &DataFile) -> Dialect {
    serde_json::from_value(file.dialect.clone()).unwrap_or_default()
}

fn describe(file: &DataFile, known: Known, survey: Survey) -> ImportPreview {
    let warnings = words::warnings(&survey);
    let names = names::column_names(&survey.headers);
    let columns = survey.headers.into_iter().zip(names).zip(survey.guesses).enumerate();
    ImportPreview {
        data_file_id: file.id,
        table_name: names::table_name(&file.name),
        dialect: known.to_api(),
        rows: whole(survey.rows),
        columns: columns.map(|(index, ((header, name), guess))| column(index, header, name, guess)).collect(),
        sample: survey.sample,
        warnings,
        column_limit: limits::TABLE_COLUMNS,
    }
}

fn column(index: usize, header: String, name: String, guess: Guess) -> ImportColumn {
    ImportColumn {
        index,
        header,
        name,
        kind: guess.reading.pg_type().to_owned(),
        type_options: None,
        format: guess.reading.format().map(str::to_owned),
        confidence: guess.confidence,
        empty: whole(guess.empties),
        null_words: guess.null_words.into_iter().map(null_word).collect(),
        null_words_are_null: guess.null_words_are_null,
        losses: sentences(&guess.losses),
        alternatives: guess.alternatives.into_iter().map(alternative).collect(),
        unique: guess.unique,
    }
}

fn alternative(other: Alternative) -> ImportAlternative {
    ImportAlternative {
        kind: other.reading.pg_type().to_owned(),
        format: other.reading.format().map(str::to_owned),
        failing: whole(other.failing),
        samples: other.samples.into_iter().map(sample).collect(),
        losses: sentences(&other.losses),
    }
}

fn null_word(met: NullWord) -> ImportNullWord {
    ImportNullWord { word: met.word.to_owned(), count: whole(met.rows), line: whole(met.line) }
}

fn sample(sample: Sample) -> ImportSample {
    ImportSample { line: whole(sample.line), value: sample.value }
}

fn sentences(losses: &[Loss]) -> Vec<String> {
    losses.iter().map(words::loss).collect()
}

/// Rows and lines as the contract counts them.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
