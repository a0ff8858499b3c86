//! Calls of Assay's pallets: what they are made of, how they are signed, and what became of them.
//!
//! What is said to be done cannot come undone: two blocks may be made for the same slot, and one of them loses, so a call is waited for
//! until its block is final.
//!
//! Arguments are encoded with the types that the runtime itself uses, and every call is decoded once against the metadata of the
//! connected node before it is signed, so that a node of another version is told by name instead of misread.

use crate::{
	chain::{AssayConfig, Chain},
	error::usage,
	governance::Proposed,
	hints::{came_late, pool_hint, Refusal},
};
use anyhow::Context as _;
use assay_primitives::{
	metadata::Metadata,
	names::{FamilyName, VersionName},
	probe::Statement,
	terms::Terms,
	Answer, Artifact, BoundedSpec, EngineId, JobId, ModelId, ModelRef, Payload,
};
use codec::{Compact, Encode};
use std::time::Duration;
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::DefaultExtrinsicParamsBuilder,
	error::{BackendError, ExtrinsicError, RpcError, TransactionEventsError},
	extrinsics::ExtrinsicEvents,
	tx::{DynamicPayload, TransactionInBlock, TransactionProgress, TransactionStatus},
	utils::{AccountId32, Encoded, Static},
};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// A call with its arguments encoded.
pub type Call = DynamicPayload<Vec<Static<Encoded>>>;
/// A transaction on its way.
pub type Progress = TransactionProgress<AssayConfig, OnlineClientAtBlockImpl<AssayConfig>>;
/// A transaction in a block.
pub type InBlock = TransactionInBlock<AssayConfig, OnlineClientAtBlockImpl<AssayConfig>>;
/// What a transaction caused.
pub type Events = ExtrinsicEvents<AssayConfig>;

/// Blocks for which a signed transaction is valid: long enough for a busy pool, short enough that a lost one does not
/// surprise its signer later.
const MORTALITY: u64 = 64;
/// How long a block with a transaction may take to become final: many times what it takes where more than two thirds of
/// the validators are there.
const FINALITY_PATIENCE: Duration = Duration::from_secs(120);
/// How long a node may take to count a transaction that it has: a retracted one is back in its pool within a block.
const COUNT_PATIENCE: Duration = Duration::from_secs(10);
/// How often the node is asked for that count.
const GLANCE: Duration = Duration::from_millis(200);

macro_rules! calls {
	($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) = $pallet:literal $call:literal;)+) => {
		$(
			$(#[$doc])*
			pub fn $name($($arg: $type),*) -> Call {
				Call::new($pallet, $call, vec![$(Static(Encoded($arg.encode()))),*])
			}
		)+
	};
}

calls! {
	/// Registers a model, which others reproduce from its `statement` for `max_fee` at most. Its owner gets `royalty` for each input.
	submit_model(
		spec: &BoundedSpec, artifact: Artifact, engine: EngineId, metadata: &Metadata, royalty: u128, statement: &Statement,
		max_fee: u128
	) = "Models" "submit";
	/// Replaces what is said of a model.
	describe_model(model: ModelId, metadata: &Metadata) = "Models" "describe";
	/// Announces another royalty.
	announce_royalty(model: ModelId, royalty: u128) = "Models" "announce_royalty";
	/// Gives a model to another account.
	transfer_model(model: ModelId, to: AccountId32) = "Models" "transfer";
	/// Takes a family's name.
	claim_family(name: &FamilyName) = "Models" "claim_family";
	/// Gives a family to another account.
	transfer_family(name: &FamilyName, to: AccountId32) = "Models" "transfer_family";
	/// Gives a family up.
	release_family(name: &FamilyName) = "Models" "release_family";
	/// Gives a model a version in a family, and if `latest` the family's name alone.
	publish(family: &FamilyName, version: &VersionName, model: ModelId, latest: bool) = "Models" "publish";
	/// Says which version the family's name alone means.
	point_latest(family: &FamilyName, version: &VersionName) = "Models" "point_latest";
	/// Takes a model off the market.
	retire_model(model: ModelId) = "Models" "retire";
	/// Makes the caller a worker. `key` is an ed25519 public key, `proof` its signature that it serves the caller.
	register_worker(stake: u128, key: [u8; 32], proof: [u8; 64]) = "Workers" "register";
	/// Adds to the caller's stake.
	bond_more(amount: u128) = "Workers" "bond_more";
	/// Starts to take stake out.
	unbond(amount: u128) = "Workers" "unbond";
	/// Takes out what has matured.
	withdraw() = "Workers" "withdraw";
	/// Sets the number of slots offered.
	serve(model: ModelId, slots: u32) = "Workers" "serve";
	/// Takes all slots back.
	stop_serving(model: ModelId) = "Workers" "stop_serving";
	/// Asks a model about `items` inputs, packed in `input`.
	request(model: &ModelRef, items: u32, input: &Payload, terms: &Terms<u128>) = "Jobs" "request";
	/// Takes a job back.
	cancel(job: JobId) = "Jobs" "cancel";
	/// Token holders stand behind a model.
	list_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "list";
	/// They do no longer.
	delist_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "delist";
	/// No new job may ask a model.
	quarantine_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "quarantine";
	/// It may be asked again.
	release_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "release";
	/// Ends a model against its owner's will.
	force_retire_model(model: ModelId, reason: Option<[u8; 32]>) = "Models" "force_retire";
	/// Models may name an engine.
	list_engine(engine: EngineId, reason: Option<[u8; 32]>) = "Models" "list_engine";
	/// No further models may, and no job ask those that do once `notice` blocks are over.
	retire_engine(engine: EngineId, notice: u32, reason: Option<[u8; 32]>) = "Models" "retire_engine";
	/// Sets a group of parameters: `key_value` is encoded.
	set_parameter(key_value: Encoded) = "Parameters" "set_parameter";
	/// Lets anybody put the runtime of this hash into effect.
	authorize_upgrade(code_hash: [u8; 32]) = "System" "authorize_upgrade";
	/// Puts an authorised runtime into effect.
	apply_authorized_upgrade(code: &[u8]) = "System" "apply_authorized_upgrade";
	/// Leaves a call on chain for a referendum to make.
	note_preimage(bytes: &[u8]) = "Preimage" "note_preimage";
	/// Submits a referendum that makes `call` as `origin`, which is encoded, as soon as it may.
	submit_referendum(origin: Encoded, call: &Proposed, enactment: (u8, u32)) = "Referenda" "submit";
	/// Pays for a referendum's decision.
	place_decision_deposit(referendum: u32) = "Referenda" "place_decision_deposit";
	/// Votes one way: the kind of vote, its side and conviction, its tokens.
	vote(referendum: Compact<u32>, vote: (u8, u8, u128)) = "ConvictionVoting" "vote";
	/// Lets another account vote on a track.
	delegate(track: u16, to: (u8, AccountId32), conviction: u8, amount: u128) = "ConvictionVoting" "delegate";
	/// Takes that back.
	undelegate(track: u16) = "ConvictionVoting" "undelegate";
	/// Removes a vote.
	remove_vote(track: Option<u16>, referendum: u32) = "ConvictionVoting" "remove_vote";
	/// Frees what an account's votes on a track bind no longer.
	unlock(track: u16, account: (u8, AccountId32)) = "ConvictionVoting" "unlock";
	/// Makes several calls, which are encoded, or none.
	batch_all(calls: &[Encoded]) = "Utility" "batch_all";
	/// Says that a provisional result is wrong, and that `answer` is right.
	challenge(job: JobId, answer: &Answer) = "Disputes" "challenge";
}

/// The account that signs.
pub struct Signer {
	pair: Keypair,
	/// The account's id.
	pub account: AccountId32,
}

impl Signer {
	/// From a secret phrase, seed or development path.
	pub fn from_suri(suri: &str) -> anyhow::Result<Self> {
		// The secret itself stays out of the message.
		let wrong = |reason: String| {
			usage(format!(
				"--suri or ASSAY_SURI is no secret phrase, 0x seed or path like //Alice: {reason}"
			))
		};
		let uri: SecretUri = suri
			.parse()
			.map_err(|error: subxt_signer::SecretUriError| wrong(error.to_string()))?;
		let pair = Keypair::from_uri(&uri).map_err(|error| wrong(error.to_string()))?;
		let account = AccountId32(pair.public_key().0);
		Ok(Self { pair, account })
	}
}

/// Why a call had no effect.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
	#[error(transparent)]
	Refused(#[from] Refusal),
	#[error("the node's pool did not take the transaction: {message}{}", next(.message))]
	NotTaken { message: String },
	#[error("the transaction was lost on its way into a block: {0}. Try again")]
	Lost(String),
	#[error(
		"the transaction is in block {block}, which is not final after {} seconds: are more than two thirds of the validators there? \
		 What it did stands unless another block takes that one's place: look again before you repeat it",
		FINALITY_PATIENCE.as_secs()
	)]
	NotFinal { block: String },
	#[error("cannot tell what became of the transaction: {0}")]
	Unclear(String),
}

/// Whether the pool did not take a transaction because another one has its nonce.
fn is_late(error: &anyhow::Error) -> bool {
	matches!(error.downcast_ref(), Some(CallError::NotTaken { message }) if came_late(message))
}

fn next(message: &str) -> String {
	match pool_hint(message) {
		"" => String::new(),
		hint => format!("; {hint}"),
	}
}

/// The call as it stands in a transaction, or in a call that makes it; an error if the node's runtime knows no such call.
pub async fn encode(chain: &Chain, call: &Call) -> anyhow::Result<Vec<u8>> {
	let at = chain.client().at_current_block().await?;
	let transactions = at.transactions();
	transactions
		.call_data(call)
		.and_then(|bytes| transactions.from_call_data_bytes(&bytes).map(|_| bytes))
		.with_context(|| {
			format!(
				"{}.{} does not fit the node's runtime (spec version {}): use the `assay` that was built with it",
				call.pallet_name(),
				call.call_name(),
				at.spec_version()
			)
		})
}

/// The pallet and the name of an encoded call, if the node's runtime has it.
pub async fn name(chain: &Chain, call: &[u8]) -> anyhow::Result<Option<String>> {
	let at = chain.client().at_current_block().await?;
	let call = at.transactions().from_call_data_bytes(call);
	Ok(call
		.ok()
		.map(|call| format!("{}.{}", call.pallet_name(), call.call_name())))
}

/// Signs `call` and hands it to the node's pool, with this nonce or else with the account's next. Returns the nonce that it was taken
/// with.
///
/// Another transaction may have that nonce: one that was signed elsewhere at the same time, or an earlier one of this account whose
/// block has just lost to another, so that the node does not count it for a moment. The pool refuses the second, which is then signed
/// anew.
pub async fn submit(
	chain: &Chain,
	signer: &Signer,
	call: &Call,
	nonce: Option<u64>,
) -> anyhow::Result<(Progress, u64)> {
	encode(chain, call).await?;
	let mut nonce = match nonce {
		Some(nonce) => nonce,
		None => chain.next_nonce(&signer.account).await?,
	};
	loop {
		let refusal = match offer(chain, signer, call, nonce).await {
			Ok(progress) => return Ok((progress, nonce)),
			Err(error) if is_late(&error) => error,
			Err(error) => return Err(error),
		};
		let counted = later_nonce(chain, &signer.account, nonce);
		match tokio::time::timeout(COUNT_PATIENCE, counted).await {
			Ok(later) => nonce = later?,
			Err(_) => return Err(refusal),
		}
	}
}

/// Waits until the account's next nonce is a later one.
async fn later_nonce(chain: &Chain, account: &AccountId32, nonce: u64) -> anyhow::Result<u64> {
	loop {
		tokio::time::sleep(GLANCE).await;
		let next = chain.next_nonce(account).await?;
		if next > nonce {
			return Ok(next);
		}
	}
}

/// Signs `call` with this nonce, and hands it to the node's pool.
async fn offer(chain: &Chain, signer: &Signer, call: &Call, nonce: u64) -> anyhow::Result<Progress> {
	let at = chain.client().at_current_block().await?;
	let params = DefaultExtrinsicParamsBuilder::new()
		.mortal_from_unchecked(MORTALITY, at.block_number(), at.block_hash())
		.nonce(nonce)
		.build();
	let transactions = at.transactions();
	let transaction = transactions.create_signable_offline(call, params)?.sign(&signer.pair)?;
	Ok(transaction.submit_and_watch().await.map_err(|error| match error {
		ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
			subxt::rpcs::Error::User(user),
		))) => CallError::NotTaken {
			message: match &user.data {
				Some(data) => format!("{}: {}", user.message, data.get().trim_matches('"')),
				None => user.message,
			},
		},
		error => CallError::Unclear(error.to_string()),
	})?)
}

/// What became of a transaction in the block it is in.
pub async fn events(block: &InBlock) -> Result<Events, CallError> {
	block.wait_for_success().await.map_err(|error| match error {
		TransactionEventsError::ExtrinsicFailed(error) => Refusal::from(error).into(),
		error => CallError::Unclear(error.to_string()),
	})
}

/// Makes one call: signs, submits, waits for a final block with it, and returns what it caused.
pub async fn execute(chain: &Chain, signer: &Signer, call: &Call) -> anyhow::Result<Events> {
	let (mut progress, _) = submit(chain, signer, call, None).await?;
	let mut seen = None;
	loop {
		let status = match &seen {
			None => progress.next().await,
			Some(block) => tokio::time::timeout(FINALITY_PATIENCE, progress.next())
				.await
				.map_err(|_| CallError::NotFinal {
					block: format!("{block:?}"),
				})?,
		};
		let status = status.ok_or_else(|| CallError::Unclear("the node stopped reporting".into()))?;
		match status? {
			TransactionStatus::InFinalizedBlock(block) => return Ok(events(&block).await?),
			TransactionStatus::InBestBlock(block) => seen = Some(block.block_hash()),
			TransactionStatus::NoLongerInBestBlock => seen = None,
			TransactionStatus::Error { message }
			| TransactionStatus::Invalid { message }
			| TransactionStatus::Dropped { message } => return Err(CallError::Lost(message).into()),
			TransactionStatus::Validated | TransactionStatus::Broadcasted => {}
		}
	}
}
