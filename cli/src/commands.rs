//! The commands, one module for each noun. Each returns how it ended; what it found goes to [`Output`](crate::output::Output).

pub mod artifact;
pub mod challenge;
pub mod describe;
pub mod dispute;
pub mod family;
pub mod gov;
pub mod infer;
pub mod job;
pub mod model;
pub mod proof;
pub mod protocol;
pub mod quote;
pub mod request;
pub mod stats;
pub mod verify;
pub mod worker;

use crate::{
	args::Context,
	calls::{self, Call},
	chain::{unhex, Chain},
	error::usage,
	output::Verdict,
};
use assay_primitives::payload::MAX_ARTIFACT;
use serde_json::Value;
use std::path::Path;
use subxt::utils::AccountId32;

/// The bytes of a file that is to become an artifact.
fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
	let wrong = |reason: String| usage(format!("{}: {reason}", path.display()));
	let len = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
	if len > MAX_ARTIFACT {
		return Err(wrong(format!(
			"{len} bytes are more than the {MAX_ARTIFACT} that an artifact may have"
		)));
	}
	std::fs::read(path).map_err(|error| wrong(error.to_string()))
}

/// Makes one call and says so.
async fn finish(context: &Context, chain: &Chain, call: &Call, done: &str, value: Value) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let spinner = context.output.spinner("waiting until it is final");
	calls::execute(chain, &signer, call).await?;
	spinner.finish_and_clear();
	context.output.result(done, &value);
	Ok(Verdict::Fine)
}

/// The account that is named, or else the one that signs.
fn account(name: Option<String>, context: &Context) -> anyhow::Result<AccountId32> {
	match name {
		Some(text) => parse_account(&text),
		None => Ok(context.signer()?.account),
	}
}

/// An SS58 address or a public key in hexadecimal.
fn parse_account(text: &str) -> anyhow::Result<AccountId32> {
	let hexadecimal = || unhex(text).ok()?.try_into().ok().map(AccountId32);
	text.parse().ok().or_else(hexadecimal).ok_or_else(|| {
		usage(format!(
			"{text:?} is neither an SS58 address nor a 0x public key of 32 bytes"
		))
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn accounts_are_addresses_or_keys() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let key = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
		assert_eq!(parse_account(alice).unwrap(), parse_account(key).unwrap());
		for text in ["", "//Alice", "0x12", &alice[1..]] {
			assert!(parse_account(text).is_err(), "{text:?}");
		}
	}
}
