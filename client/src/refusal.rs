//! Why the chain refuses a call, and what to do about it.

use subxt::error::{DispatchError, TokenError};

/// Why the chain refused a call.
#[derive(Debug, thiserror::Error)]
#[error("the chain refused: {name}{}{}", sentence(.doc), sentence(.hint))]
pub struct Refusal {
	/// `Pallet::Error`, or the kind of error where no pallet named one.
	pub name: String,
	/// The pallet's own explanation.
	pub doc: String,
	/// What to do next. Empty where the explanation says it all.
	pub hint: &'static str,
}

impl Refusal {
	fn new(name: impl Into<String>, hint: &'static str) -> Self {
		Self {
			name: name.into(),
			doc: String::new(),
			hint,
		}
	}

	/// Returns whether all slots or workers were busy with other jobs, so that the same request may succeed later.
	pub fn is_temporary(&self) -> bool {
		[
			"Jobs::NoFreeSlot",
			"Jobs::NoCover",
			"Jobs::TooFewWorkers",
			"Jobs::DrawsExhausted",
		]
		.contains(&self.name.as_str())
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
						doc: details.variant.docs.join(" ").trim().to_owned(),
						..Self::new(format!("{pallet}::{error}"), hint(pallet, error))
					}
				}
				Err(_) => Self::new(module.to_string(), ""),
			},
			DispatchError::Token(error) => {
				let hint = match error {
					TokenError::FundsUnavailable | TokenError::NotExpendable | TokenError::BelowMinimum => {
						"Use an account with more free ASY (--suri), or a smaller amount"
					}
					TokenError::Frozen | TokenError::CannotCreateHold => {
						"Part of the balance is held or frozen: use a smaller amount"
					}
					_ => "",
				};
				Self::new(error.to_string(), hint)
			}
			DispatchError::BadOrigin => Self::new("this account may not make this call", ""),
			other => Self::new(other.to_string(), ""),
		}
	}
}

/// Returns what to do about a pallet's error; empty where the pallet's own explanation says it all.
fn hint(pallet: &str, error: &str) -> &'static str {
	HINTS
		.iter()
		.find(|(known, errors, _)| *known == pallet && errors.contains(&error))
		.map_or("", |(.., hint)| hint)
}

/// Pallet, errors, and what to do about them.
const HINTS: &[(&str, &[&str], &str)] = &[
	(
		"Models",
		&["UnknownEngine"],
		"Use the `assay` that was built with the network's engine",
	),
	("Models", &["AlreadySubmitted"], "Find it with `assay model list`"),
	(
		"Models",
		&["OnProbation"],
		"`assay model show` shows when others have reproduced it",
	),
	(
		"Models",
		&["Rejected"],
		"Submit it again: `assay model submit` states what the engine derives",
	),
	(
		"Models",
		&["Retired"],
		"Its answers stay verifiable. To offer it again, submit it again: `assay model submit`",
	),
	(
		"Models",
		&["Barred"],
		"Token holders can release it, so that it can be submitted again: `assay gov propose release`",
	),
	(
		"Models",
		&["LengthMismatch"],
		"State the length that `assay model show` prints: the file behind this id has been reproduced",
	),
	(
		"Models",
		&["Quarantined"],
		"Token holders can release it: `assay gov propose release`",
	),
	("Models", &["MissingTitle"], "Give it one with --title"),
	(
		"Models",
		&["InvalidCardLength"],
		"Give a file of 1 byte to 256 MiB: --card FILE.md",
	),
	("Models", &["InvalidGoldenCount"], "Give 1 to 16 rows with --rows"),
	(
		"Models",
		&["GoldenInputMismatch", "ManifestNotUtf8", "InvalidSpec"],
		"Use `assay model submit` of the `assay` that was built with the node",
	),
	(
		"Models",
		&["InvalidGoldenLength"],
		"Give fewer or smaller golden inputs with --input and --rows",
	),
	("Models", &["UnknownRecipient"], "Send the new owner some ASY first"),
	(
		"Models",
		&["NameTaken"],
		"`assay family show` shows its owner: choose another name",
	),
	(
		"Models",
		&["NameTooSimilar"],
		"`assay family list` lists the families: choose another name",
	),
	(
		"Models",
		&["UnknownFamily"],
		"`assay family list` lists the families, `assay family claim` claims a new one",
	),
	(
		"Models",
		&["NotFamilyOwner"],
		"`assay family show` shows the owner: sign as that account (--suri)",
	),
	(
		"Models",
		&["FamilyClosed"],
		"Choose another family, or claim one with `assay family claim`",
	),
	(
		"Models",
		&["TooManyVersions"],
		"Claim another family for further versions: `assay family claim`",
	),
	(
		"Models",
		&["VersionTaken"],
		"`assay family show` lists its versions: choose another",
	),
	("Models", &["UnknownVersion"], "`assay family show` lists its versions"),
	("Models", &["UnknownModel"], "`assay model list` lists the models"),
	(
		"Models",
		&["EngineRetired"],
		"Use an `assay` that was built with a listed engine",
	),
	(
		"Models",
		&["NotOwner"],
		"`assay model show` shows the owner: sign as that account (--suri)",
	),
	(
		"Jobs",
		&["ModelNotOpen"],
		"`assay model list` lists the models that are open or listed",
	),
	(
		"Jobs",
		&["ModelNotListed"],
		"Others have reproduced the model, and token holders have not endorsed it. To use it anyway, add \
			 --allow-unlisted",
	),
	(
		"Jobs",
		&["InvalidInput"],
		"`assay model show` shows the type and shape of each input; without --unchecked the command says which one \
			 does not fit",
	),
	(
		"Jobs",
		&["NoFreeSlot"],
		"Try again when a job has ended. If no worker serves the model (or probes, where a model is submitted), offer \
		 slots with `assay worker serve`",
	),
	(
		"Jobs",
		&["DrawsExhausted"],
		"Many jobs wait for the draw of their checkers: try again in about ten blocks",
	),
	(
		"Jobs",
		&["TooFewWorkers"],
		"`assay quote` shows how many workers can be drawn as checkers, and the minimum of --checkers: ask for as many \
		 as both allow, or wait for more workers",
	),
	(
		"Jobs",
		&["InsufficientDeterrence", "BondsTooSmall", "PoolTooSmall"],
		"`assay quote` shows how much may be at risk, why not more, and the minimum of --checkers; or lower \
		 --value-at-risk or --batch",
	),
	(
		"Jobs",
		&["NoCover"],
		"`assay quote` shows how many slots of one worker the value at risk takes: lower --value-at-risk, ask for more \
		 --checkers, or try again when a job has ended",
	),
	(
		"Jobs",
		&["MaxFeeExceeded"],
		"`assay quote` shows the fee: raise --max-fee to it, or omit --max-fee",
	),
	("Jobs", &["TooManyCheckers"], "Ask for at most 12 --checkers"),
	(
		"Jobs",
		&["InvalidItemCount"],
		"A job has 1 to 256 inputs: lower --batch to 256 or less",
	),
	(
		"Jobs",
		&["InvalidArtifact"],
		"An artifact has 1 byte to 256 MiB: lower --batch",
	),
	(
		"Jobs",
		&["UnknownJob"],
		"`assay job show` shows the jobs whose records are stored",
	),
	(
		"Jobs",
		&["NotRequester"],
		"`assay job show` shows the requester: sign as that account (--suri)",
	),
	("Jobs", &["NotCancellable"], "`assay job watch` waits for the answer"),
	(
		"Jobs",
		&["WrongTask"],
		"A reorganisation has given the number to another request: find the job's new number with `assay job show`",
	),
	(
		"Jobs",
		&["NotProvisional"],
		"Only a provisional answer can be challenged, until its window ends: `assay job show` shows the job's status",
	),
	(
		"Disputes",
		&["NotChallengeable", "ChallengesClosed"],
		"Only a provisional answer can be challenged, until its window ends: `assay job show` shows the job's status",
	),
	(
		"Disputes",
		&["SameResult"],
		"Your answer is the one that the job has: there is nothing to challenge",
	),
	(
		"Disputes",
		&["AlreadyChallenged"],
		"Your challenge counts: `assay dispute show` shows the votes",
	),
	(
		"Disputes",
		&["TooManyChallenges", "DigestTaken"],
		"Others have challenged it, and validators decide: `assay dispute show` shows the votes",
	),
	(
		"Disputes",
		&["InvalidArtifact"],
		"Re-derive the answer with the `assay` that was built with the network's engine: `assay job challenge`",
	),
	(
		"Disputes",
		&["NotDisputed", "AlreadyDecided", "NotAwaited"],
		"`assay dispute show` shows the dispute, `assay job show` how the job ended",
	),
	(
		"Disputes",
		&["WrongTask"],
		"The block lost to another one, in which the number belongs to another job: look at it with `assay job show`",
	),
	("Workers", &["AlreadyRegistered"], "Add stake with `assay worker bond`"),
	("Workers", &["NotRegistered"], "Register with `assay worker register`"),
	(
		"Workers",
		&["ModelNotOpen"],
		"`assay model list` lists the models that are open or listed",
	),
	(
		"Workers",
		&["KeyTaken", "InvalidProof"],
		"Have the worker's own node make a key: name that node with --key-url",
	),
	(
		"Workers",
		&["BelowMinStake"],
		"Raise --stake. To leave, take all slots back with `assay worker stop`, then unbond the whole stake",
	),
	(
		"Workers",
		&["InsufficientStake", "TooManySlots"],
		"Each slot needs its bond: offer fewer slots, or add stake with `assay worker bond`",
	),
	(
		"Workers",
		&["TooManyModels"],
		"`assay worker status` shows what this account serves, `assay worker stop MODEL` ends an offer",
	),
	(
		"Workers",
		&["StakeInUse"],
		"`assay worker serve MODEL --slots N` lowers the offer, `assay worker stop MODEL` ends it",
	),
	(
		"Workers",
		&["TooManyChunks"],
		"Withdraw stake whose unbonding period is over with `assay worker withdraw`; `assay worker status` shows from \
		 which block that is possible",
	),
	(
		"Workers",
		&["NothingToWithdraw"],
		"`assay worker status` shows from which block unbonding stake can be withdrawn, `assay worker unbond` begins \
		 to unbond",
	),
	(
		"Workers",
		&["NotServing"],
		"`assay worker status` shows what this account serves",
	),
	(
		"Referenda",
		&["NotOngoing", "BadReferendum"],
		"`assay gov referenda` lists the ongoing referenda",
	),
	(
		"Referenda",
		&["HasDeposit"],
		"The decision deposit has been placed: `assay gov show` shows what happens next",
	),
	(
		"ConvictionVoting",
		&["NotOngoing"],
		"The referendum is decided: `assay gov referenda` lists the ongoing ones",
	),
	(
		"ConvictionVoting",
		&["InsufficientFunds"],
		"Vote with an --amount that the account has",
	),
	(
		"ConvictionVoting",
		&["AlreadyDelegating"],
		"Your votes on this track are delegated: end that with `assay gov undelegate` first",
	),
	(
		"ConvictionVoting",
		&["AlreadyVoting"],
		"You have votes on this track: wait until their referenda are decided, then remove them with `assay gov \
			 unlock`",
	),
	(
		"ConvictionVoting",
		&["MaxVotesReached"],
		"`assay gov unlock` removes votes on decided referenda",
	),
	(
		"ConvictionVoting",
		&["NotDelegating"],
		"`assay gov votes` shows on which tracks your votes are delegated",
	),
	(
		"System",
		&["NothingAuthorized", "Unauthorized"],
		"A referendum must authorise exactly this file first: `assay gov propose upgrade`",
	),
];

/// Returns what to do about a transaction that the pool rejected; empty where its message says it all.
pub fn pool_hint(message: &str) -> &'static str {
	if message.contains("Inability to pay") {
		"the account has no ASY for the transaction fee: use one that has (--suri)"
	} else if is_nonce_taken(message) {
		"another transaction of this account came first: run the command again"
	} else if message.contains("banned") {
		"the pool saw this transaction fail: wait a minute, then run the command again"
	} else {
		""
	}
}

/// Returns whether the pool rejected a transaction because another one of its account has its nonce.
pub fn is_nonce_taken(message: &str) -> bool {
	["Priority is too low", "outdated", "stale"]
		.iter()
		.any(|reason| message.contains(reason))
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Errors of Assay's pallets whose own explanation says it all, or that clients never cause.
	const WITHOUT_HINT: &[(&str, &[&str])] = &[
		(
			"Models",
			&[
				"NotOnProbation",
				"AlreadyListed",
				"NotListed",
				"NotQuarantined",
				"EngineAlreadyListed",
				"EmptyModel",
				"ModelTooLarge",
				"MetadataNotUtf8",
				"InvalidFamilyName",
				"InvalidVersionName",
			],
		),
		(
			"Workers",
			&[
				"ZeroAmount",
				"DutiesOpen",
				"TooManyPending",
				"SlotNotBusy",
				"InconsistentState",
			],
		),
		("Jobs", &["JobIdsExhausted", "NotDue", "InvalidReveal", "TooManySweeps"]),
		("Disputes", &["NotDue"]),
	];

	/// Returns every error of the runtime's pallets, as pallet and name.
	fn errors() -> Vec<(String, String)> {
		// Constants that are parameters are read from a state.
		let metadata = || assay_runtime::Runtime::metadata().into();
		let bytes: Vec<u8> = sp_io::TestExternalities::default().execute_with(metadata);
		let metadata = subxt::Metadata::decode_from(&bytes).unwrap();
		let errors_of = |pallet: subxt::metadata::PalletMetadata| {
			let (name, errors) = (pallet.name().to_owned(), pallet.error_variants().unwrap_or_default());
			let errors: Vec<_> = errors.iter().map(|error| (name.clone(), error.name.clone())).collect();
			errors
		};
		metadata.pallets().flat_map(errors_of).collect()
	}

	fn is_without_hint(pallet: &str, error: &str) -> bool {
		WITHOUT_HINT
			.iter()
			.any(|(known, errors)| *known == pallet && errors.contains(&error))
	}

	#[test]
	fn every_refusal_by_the_protocol_says_what_to_do_next() {
		let mut lacking = errors();
		lacking.retain(|(pallet, error)| {
			["Models", "Workers", "Jobs", "Disputes"].contains(&pallet.as_str())
				&& hint(pallet, error).is_empty()
				&& !is_without_hint(pallet, error)
		});
		assert_eq!(
			lacking,
			[],
			"these need an entry in HINTS, or in WITHOUT_HINT if their docs say what to do"
		);
	}

	#[test]
	fn every_hint_is_about_an_error_that_the_runtime_has() {
		let errors = errors();
		let is_known =
			|pallet: &str, error: &str| errors.iter().any(|(p, e)| (p.as_str(), e.as_str()) == (pallet, error));
		for (pallet, names, _) in HINTS {
			for error in *names {
				assert!(is_known(pallet, error), "{pallet}::{error}");
				assert!(!is_without_hint(pallet, error), "{pallet}::{error}");
			}
		}
		for (pallet, names) in WITHOUT_HINT {
			for error in *names {
				assert!(is_known(pallet, error), "{pallet}::{error}");
			}
		}
	}

	#[test]
	fn only_a_lack_of_capacity_is_temporary() {
		let refusal = |name: &str| Refusal::new(name, "");
		assert!(refusal("Jobs::NoFreeSlot").is_temporary() && refusal("Jobs::TooFewWorkers").is_temporary());
		assert!(
			!refusal("Jobs::InsufficientDeterrence").is_temporary() && !refusal("Disputes::NoFreeSlot").is_temporary()
		);
	}
}
