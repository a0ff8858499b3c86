//! The commands, one module for each noun. Each returns its exit status and prints its result to
//! [`Output`](crate::output::Output).

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

use crate::{args::Context, error::usage, output::ExitStatus};
use assay_client::{
	calls::Call,
	chain::decode_hex,
	tx::{self, Events},
	AccountId32, Chain, Signer,
};
use serde::Serialize;

/// Makes one call and waits until it is final.
async fn execute(
	context: &Context,
	chain: &Chain,
	signer: &Signer,
	call: &Call,
	what: &'static str,
) -> anyhow::Result<Events> {
	let spinner = context.output.spinner(what);
	let events = tx::execute(chain, signer, call).await?;
	spinner.finish_and_clear();
	Ok(events)
}

/// Makes one call, waits until it is final, and prints `document`, whose text is `done`.
async fn finish(
	context: &Context,
	chain: &Chain,
	call: &Call,
	document: &impl Serialize,
	done: String,
) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	execute(context, chain, &signer, call, "waiting until it is final").await?;
	context.output.result(document, |_| done);
	Ok(ExitStatus::Success)
}

/// Returns the account that is given, or else the one that signs.
fn account(given: Option<String>, context: &Context) -> anyhow::Result<AccountId32> {
	match given {
		Some(text) => parse_account(&text),
		None if context.global.suri.is_none() => Err(usage(
			"no account is named: give its address, or name a signer with --suri or ASSAY_SURI",
		)),
		None => Ok(context.signer()?.account),
	}
}

/// Parses an SS58 address or a public key in hexadecimal.
fn parse_account(text: &str) -> anyhow::Result<AccountId32> {
	let public_key = || decode_hex(text).ok()?.try_into().ok().map(AccountId32);
	text.parse().ok().or_else(public_key).ok_or_else(|| {
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
