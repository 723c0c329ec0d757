//! How an object's JSON rests in a table: compressed, which is smaller and faster to write.

use crate::{Error, Result};
use serde_json::Value;
use std::cell::RefCell;
use std::sync::LazyLock;
use zstd::bulk::Compressor;
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// zstd's fastest ordinary level.
const COMPRESSION: i32 = 1;

/// What Stripe's objects have in common, so that no row has to say it again: rows become a quarter
/// of what they are without. Made by `cargo run -p portico-core --example dictionary`; zstd writes
/// its id into every row, so a file that was ever released must stay readable beside a newer one.
static DICTIONARY: &[u8] = include_bytes!("mirror.dict");

static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));
static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, COMPRESSION));

thread_local! {
    // Making one costs as much as compressing several objects; so does the room for what might not
    // become smaller.
    static COMPRESSOR: RefCell<Option<(Compressor<'static>, Vec<u8>)>> = const { RefCell::new(None) };
}

/// Compresses JSON text for its column in the mirror, which Stripe can fill again.
pub fn pack(text: &[u8]) -> Result<Vec<u8>> {
    let compress = |kept: &mut Option<(Compressor<'static>, Vec<u8>)>| {
        let (compressor, packed) = match kept {
            Some(kept) => kept,
            None => kept.insert((Compressor::with_prepared_dictionary(&ENCODER)?, Vec::new())),
        };
        packed.clear();
        packed.reserve(zstd::zstd_safe::compress_bound(text.len()));
        compressor.compress_to_buffer(text, packed)?;
        Ok(packed.as_slice().to_vec())
    };
    COMPRESSOR
        .with_borrow_mut(compress)
        .map_err(Error::io("An object could not be compressed"))
}

/// Compresses what must be readable by itself for as long as the file lasts.
pub fn pack_alone(text: &[u8]) -> Result<Vec<u8>> {
    zstd::bulk::compress(text, COMPRESSION).map_err(Error::io("An object could not be compressed"))
}

/// The object of a `json` column, however it was packed.
pub fn unpack(json: &[u8]) -> Result<Value> {
    let unread = "A stored object could not be read";
    let decoder = zstd::stream::read::Decoder::with_prepared_dictionary(json, &DECODER)
        .map_err(Error::io(unread))?;
    let text = std::io::read_to_string(decoder).map_err(Error::io(unread))?;
    Ok(serde_json::from_str(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_packing_are_read_back() {
        let object = serde_json::json!({"id": "cus_1", "object": "customer", "name": "Čapek"});
        let text = object.to_string();
        let packed = pack(text.as_bytes()).unwrap();
        assert_eq!(unpack(&packed).unwrap(), object);
        let alone = pack_alone(text.as_bytes()).unwrap();
        assert_eq!(unpack(&alone).unwrap(), object);
        assert!(packed.len() < alone.len());
        assert!(unpack(&packed[..packed.len() - 1]).is_err());
    }
}
