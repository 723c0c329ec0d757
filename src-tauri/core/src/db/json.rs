//! How an object's JSON rests in a mirror table: compressed, which is smaller and faster to write.

use crate::{Error, Result};
use serde_json::Value;

/// zstd's fastest ordinary level.
const COMPRESSION: i32 = 1;

/// Compresses JSON text for its column.
pub fn pack(text: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::compress(text, COMPRESSION).map_err(Error::io("An object could not be compressed"))
}

/// The object of a `json` column.
pub fn unpack(json: &[u8]) -> Result<Value> {
    let text =
        zstd::stream::decode_all(json).map_err(Error::io("A stored object could not be read"))?;
    Ok(serde_json::from_slice(&text)?)
}
