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
	/// Whether slots or workers were taken by other jobs, so that the same request may succeed later.
	pub fn is_for_now(&self) -> bool {
		self.name == "Jobs::NoFreeSlot" || self.name == "Jobs::TooFewWorkers"
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
		("Models", "OnProbation") => "`assay model show` tells when others have reproduced it",
		("Models", "Rejected") => "Submit it again: `assay model submit` states what the engine finds",
		("Models", "AlreadyRetired") => "What it answered stays verifiable. A file that differs is another model",
		("Models", "InQuarantine") => "Token holders may release it: `assay gov propose release`",
		("Models", "Untitled") => "Give it one: --title",
		("Models", "WrongCard") => "Name a file of 1 byte to 256 MiB: --card FILE.md",
		("Models", "WrongGoldenCount") => "Name 1 to 16 rows: --rows",
		("Models", "GoldenDoesNotFit" | "ManifestNotUtf8" | "NotCanonical") => {
			"Use `assay model submit` of the `assay` that was built with the node"
		}
		("Models", "WrongGoldenLength") => "Give fewer or smaller golden inputs: --input and --rows",
		("Models", "NoAccount") => "Send it some ASY first",
		("Models", "NameTaken") => "`assay family show` tells whose it is: choose another name",
		("Models", "LooksAlike") => "`assay family list` shows those there are: choose another name",
		("Models", "UnknownFamily") => "`assay family list` shows those there are, `assay family claim` takes a new one",
		("Models", "NotFamilyOwner") => "`assay family show` tells who does: sign as that account (--suri)",
		("Models", "FamilyClosed") => "Choose another family, or claim one: `assay family claim`",
		("Models", "FamilyFull") => "Claim another family for what is to come: `assay family claim`",
		("Models", "VersionTaken") => "`assay family show` lists those there are: choose another",
		("Models", "UnknownVersion") => "`assay family show` lists those there are",
		("Models", "UnknownModel") | ("Jobs" | "Workers", "ModelNotOpen" | "UnknownModel") => {
			"`assay model list` shows the models there are"
		}
		("Models", "EngineRetired") => "Use the `assay` that was built with an engine that the network stands behind",
		("Models", "NotOwner") => "`assay model show` tells who does: sign as that account (--suri)",
		("Jobs", "Unlisted") => {
			"The model is what its owner states, and nobody else stands behind it. If that will do, add --allow-unlisted"
		}
		("Jobs", "WrongInput") => {
			"`assay model show` tells the type and shape of each input; without --unchecked it is told what does not fit"
		}
		("Jobs", "NoFreeSlot") => {
			"Try again when a job has ended; if no worker serves the model, or probes where a model is submitted, offer slots with \
			 `assay worker serve`"
		}
		("Jobs", "TooFewWorkers") => {
			"Ask fewer --checkers, or wait for more workers: `assay quote` tells how many have a free slot"
		}
		("Jobs", "Undeterred") => "`assay quote` tells how many --checkers make cheating lose; or lower --value-at-risk or --batch",
		("Jobs", "Overpriced") => "`assay quote` tells the fee: raise --max-fee to it or leave --max-fee away",
		("Jobs", "TooManyCheckers") => "Ask 12 --checkers at most",
		("Jobs", "BadItems") => "A job carries 1 to 256 inputs: choose --batch so",
		("Jobs", "BadArtifact") => "An artifact has 1 byte to 256 MiB: lower --batch",
		("Jobs" | "Disputes", "UnknownJob") => "`assay job show` tells of the jobs whose records are kept",
		("Jobs", "NotRequester") => "Sign as the account that requested it (--suri)",
		("Jobs", "NotCancellable") => "The executor is bound to an answer by now: `assay job watch` waits for it",
		("Jobs", "NotProvisional") | ("Disputes", "NotChallengeable" | "TooLate") => {
			"Only a provisional result may be challenged, until its window ends: `assay job show` tells how far the job is"
		}
		("Disputes", "SameResult") => "The answer you bring is the one the job has: there is nothing to challenge",
		("Disputes", "AlreadyChallenged") => "Your challenge stands: `assay dispute show` tells how the votes are",
		("Disputes", "TooManyChallenges" | "AlreadyDisputed") => {
			"Others have challenged it, and validators decide without you: `assay dispute show`"
		}
		("Disputes", "BadArtifact") => {
			"Re-derive the answer with the `assay` built with the network's engine: `assay job challenge`"
		}
		("Workers", "AlreadyRegistered") => "Add stake with `assay worker bond`",
		("Workers", "NotRegistered") => "Start with `assay worker register`",
		("Workers", "KeyTaken" | "BadProof") => "Let the worker's own node make a key: name that node with --key-url",
		("Workers", "BelowMinimum") => "Raise --stake; to leave, stop serving and unbond everything",
		("Workers", "InsufficientStake" | "TooManySlots") => {
			"Each slot needs its bond: offer fewer, or add stake with `assay worker bond`"
		}
		("Workers", "StakeInUse") => "`assay worker serve MODEL --slots N` lowers the offer",
		("Workers", "TooManyChunks" | "NothingMatured") => "`assay worker status` shows when each matures",
		("Referenda", "NotOngoing" | "BadReferendum") => "`assay gov referenda` lists what is being voted on",
		("Referenda", "HasDeposit") => "The decision deposit is paid: `assay gov show` tells what happens next",
		("ConvictionVoting", "NotOngoing") => "It is decided: `assay gov referenda` lists what is being voted on",
		("ConvictionVoting", "InsufficientFunds") => "Vote with an --amount that the account has",
		("ConvictionVoting", "AlreadyDelegating") => "Another account votes for you there: `assay gov undelegate` first",
		("ConvictionVoting", "AlreadyVoting") => "Votes of yours stand on this track: wait until they are decided, then `assay gov unlock`",
		("ConvictionVoting", "MaxVotesReached") => "`assay gov unlock` removes votes on what is decided",
		("ConvictionVoting", "NotDelegating") => "`assay gov votes` shows on which tracks others vote for you",
		("System", "NothingAuthorized" | "Unauthorized") => "A referendum must authorise this very file first: `assay gov propose upgrade`",
		("Workers", "NotServing") => "`assay worker status` shows what this account serves",
		_ => "",
	}
}

/// What to do about a transaction that the pool did not take.
pub fn pool_hint(message: &str) -> &'static str {
	if message.contains("Inability to pay") {
		"the account has no ASY for the transaction fee: use one that has (--suri)"
	} else if came_late(message) {
		"another transaction of this account came first: try again"
	} else if message.contains("banned") {
		"the pool saw this transaction fail: wait a minute and try again"
	} else {
		""
	}
}

/// Whether the pool did not take a transaction because another one of its account has its nonce.
pub fn came_late(message: &str) -> bool {
	["Priority is too low", "outdated", "stale"]
		.iter()
		.any(|reason| message.contains(reason))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_refusal_of_the_protocol_says_what_to_do_next() {
		for (pallet, errors) in [
			(
				"Models",
				&[
					"UnknownEngine",
					"EngineRetired",
					"AlreadySubmitted",
					"UnknownModel",
					"NotOwner",
					"OnProbation",
					"Rejected",
					"AlreadyRetired",
					"InQuarantine",
					"NotCanonical",
					"Untitled",
					"WrongCard",
					"ManifestNotUtf8",
					"WrongGoldenCount",
					"GoldenDoesNotFit",
					"WrongGoldenLength",
					"NoAccount",
					"NameTaken",
					"LooksAlike",
					"UnknownFamily",
					"NotFamilyOwner",
					"FamilyClosed",
					"FamilyFull",
					"VersionTaken",
					"UnknownVersion",
				][..],
			),
			(
				"Jobs",
				&[
					"ModelNotOpen",
					"Unlisted",
					"WrongInput",
					"Overpriced",
					"TooManyCheckers",
					"BadItems",
					"Undeterred",
					"TooFewWorkers",
					"NoFreeSlot",
					"BadArtifact",
					"UnknownJob",
					"NotRequester",
					"NotCancellable",
					"NotProvisional",
				],
			),
			(
				"Disputes",
				&[
					"NotChallengeable",
					"SameResult",
					"AlreadyChallenged",
					"TooManyChallenges",
					"TooLate",
					"BadArtifact",
					"AlreadyDisputed",
				],
			),
		] {
			for error in errors {
				assert!(!hint(pallet, error).is_empty(), "{pallet}::{error}");
			}
		}
	}

	#[test]
	fn only_a_lack_of_capacity_passes_by_itself() {
		let refusal = |name: &str| Refusal {
			name: name.into(),
			doc: String::new(),
			hint: "",
		};
		assert!(refusal("Jobs::NoFreeSlot").is_for_now() && refusal("Jobs::TooFewWorkers").is_for_now());
		assert!(!refusal("Jobs::Undeterred").is_for_now() && !refusal("Disputes::NoFreeSlot").is_for_now());
	}
}
