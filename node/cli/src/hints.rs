//! From the errors of the chain to what to do about them.

use subxt::error::{DispatchError, TokenError};

/// Why the chain refused a call.
#[derive(Debug, thiserror::Error)]
#[error("the chain refused: {name}{}{}", sentence(.doc), sentence(.hint))]
pub struct Refusal {
	/// `Pallet::Error`, or the kind of error where no pallet named one.
	pub name: String,
	/// The pallet's own explanation.
	pub doc: String,
	/// What to do next.
	pub hint: &'static str,
}

impl Refusal {
	/// Whether all slots were taken, so that the same request may succeed later.
	pub fn is_no_free_slot(&self) -> bool {
		self.name == "Jobs::NoFreeSlot"
	}
}

fn sentence(text: &str) -> String {
	match text.trim_end_matches('.') {
		"" => String::new(),
		text => format!(". {text}"),
	}
}

impl From<DispatchError> for Refusal {
	fn from(error: DispatchError) -> Self {
		match error {
			DispatchError::Module(module) => match module.details() {
				Ok(details) => {
					let (pallet, error) = (details.pallet.name(), details.variant.name.as_str());
					Self {
						name: format!("{pallet}::{error}"),
						doc: details.variant.docs.join(" ").trim().to_owned(),
						hint: hint(pallet, error),
					}
				}
				Err(_) => Self {
					name: module.to_string(),
					doc: String::new(),
					hint: "",
				},
			},
			DispatchError::Token(error) => Self {
				name: error.to_string(),
				doc: String::new(),
				hint: match error {
					TokenError::FundsUnavailable | TokenError::NotExpendable | TokenError::BelowMinimum => {
						"Use an account with more free ASY (--suri), or a smaller amount"
					}
					TokenError::Frozen | TokenError::CannotCreateHold => {
						"Part of the balance is held or frozen: use what is free"
					}
					_ => "",
				},
			},
			DispatchError::BadOrigin => Self {
				name: "this account may not make this call".into(),
				doc: String::new(),
				hint: "",
			},
			other => Self {
				name: other.to_string(),
				doc: String::new(),
				hint: "",
			},
		}
	}
}

/// What to do about a pallet's error; empty where its own explanation says it all.
fn hint(pallet: &str, error: &str) -> &'static str {
	match (pallet, error) {
		("Models", "UnknownEngine") => "Use the `assay` that was built with the network's engine",
		("Models", "AlreadySubmitted") => "Find it with `assay model list`",
		("Models", "UnknownModel") | ("Jobs" | "Workers", "ModelNotOpen") => {
			"`assay model list` shows the models there are"
		}
		("Models", "NotOwner") => "Sign as the account that submitted it (--suri)",
		("Jobs", "NoFreeSlot") => "If none serves the model, offer slots with `assay worker serve`",
		("Jobs", "Overpriced") => "`assay model show` tells the price: raise --max-fee to it or leave --max-fee away",
		("Workers", "AlreadyRegistered") => "Add stake with `assay worker bond`",
		("Workers", "NotRegistered") => "Start with `assay worker register`",
		("Workers", "KeyTaken" | "BadProof") => "Let the worker's own node make a key: name that node with --key-url",
		("Workers", "BelowMinimum") => "Raise --stake; to leave, stop serving and unbond everything",
		("Workers", "InsufficientStake" | "TooManySlots") => {
			"Each slot needs its bond: offer fewer, or add stake with `assay worker bond`"
		}
		("Workers", "StakeInUse") => "`assay worker serve MODEL --slots N` lowers the offer",
		("Workers", "TooManyChunks" | "NothingMatured") => "`assay worker status` shows when each matures",
		("Workers", "NotServing") => "`assay worker status` shows what this account serves",
		_ => "",
	}
}

/// What to do about a transaction that the pool did not take.
pub fn pool_hint(message: &str) -> &'static str {
	if message.contains("Inability to pay") {
		"the account has no ASY for the transaction fee: use one that has (--suri)"
	} else if message.contains("Priority is too low") || message.contains("outdated") || message.contains("stale") {
		"another transaction of this account came first: try again"
	} else if message.contains("banned") {
		"the pool saw this transaction fail: wait a minute and try again"
	} else {
		""
	}
}
