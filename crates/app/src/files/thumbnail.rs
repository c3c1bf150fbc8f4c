//! Small pictures of files that are pictures.

use std::io::Cursor;

use futures_util::TryStreamExt as _;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};
use mathesar_api::ErrorCode;
use mathesar_store::StoredFile;
use tokio::sync::Semaphore;

use super::read;
use crate::{Ctx, Error, Result, limits};

/// Decoding keeps a processor busy and takes memory.
static AT_WORK: Semaphore = Semaphore::const_new(limits::THUMBNAILS_AT_ONCE);

const JPEG_QUALITY: u8 = 80;

/// A small picture.
pub struct Thumbnail {
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A picture of `file` that is no larger than `width` × `height` pixels and has its proportions; a small one stays as it is. It stands
/// upright, as the camera said.
///
/// # Errors
/// `BadFile` for a file that is no picture of a known kind, is broken or too large to be decoded; those of [`read`].
pub async fn thumbnail(ctx: &Ctx, file: &StoredFile, width: u32, height: u32) -> Result<Thumbnail> {
    let format = ImageFormat::from_mime_type(&file.media_type)
        .filter(ImageFormat::reading_enabled)
        .ok_or_else(|| refused(format!("no small picture can be made of a file of type {}", file.media_type)))?;
    if u64::try_from(file.size_bytes).is_ok_and(|size| size > limits::PICTURE_BYTES) {
        return Err(refused(format!("it has more than {} MiB", limits::PICTURE_BYTES >> 20)));
    }
    let size = |side: u32| side.clamp(1, limits::THUMBNAIL_SIDE);
    let (width, height) = (size(width), size(height));
    let _turn = AT_WORK.acquire().await.map_err(Error::internal)?;
    let bytes = read(ctx, file).await?.try_fold(Vec::new(), |mut all, piece| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    let bytes = bytes.await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || make(bytes, format, width, height));
    made.await.map_err(Error::internal)?.map_err(|error| refused(error.to_string()))
}

fn make(bytes: Vec<u8>, format: ImageFormat, width: u32, height: u32) -> image::ImageResult<Thumbnail> {
    let mut bounds = Limits::default();
    bounds.max_alloc = Some(limits::PICTURE_MEMORY);
    bounds.max_image_width = Some(limits::PICTURE_SIDE);
    bounds.max_image_height = Some(limits::PICTURE_SIDE);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width() > width || picture.height() > height {
        picture = picture.thumbnail(width, height);
    }
    picture.apply_orientation(orientation);
    let mut bytes = Cursor::new(Vec::new());
    let media_type = if picture.color().has_alpha() {
        picture.to_rgba8().write_to(&mut bytes, ImageFormat::Png)?;
        "image/png"
    } else {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
        "image/jpeg"
    };
    Ok(Thumbnail { media_type, bytes: bytes.into_inner() })
}

fn refused(why: String) -> Error {
    Error::new(ErrorCode::BAD_FILE, format!("There is no small picture of this file: {}.", why.trim_end_matches('.')))
}
