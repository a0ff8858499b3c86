//! Transactions: signing, nonces, submission and finality.
//!
//! A block can lose to another one that was made for the same slot, and what its transactions did is then undone. So a
//! call counts as made only once its block is final.
//!
//! Every call is decoded once against the metadata of the connected node before it is signed, so that a node of another
//! version results in an error that names the call, and never in another call.

use crate::{
	calls::Call,
	chain::{AssayConfig, Chain, ChainError},
	refusal::{is_nonce_taken, pool_hint, Refusal},
	AccountId32,
};
use codec::Encode;
use std::{fmt, time::Duration};
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::DefaultExtrinsicParamsBuilder,
	error::{BackendError, ExtrinsicError, RpcError, TransactionEventsError},
	extrinsics::ExtrinsicEvents,
	tx::{TransactionInBlock, TransactionProgress, TransactionStatus},
	utils::MultiSignature,
};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// A transaction on its way into a block.
pub type Submitted = TransactionProgress<AssayConfig, OnlineClientAtBlockImpl<AssayConfig>>;
/// A transaction in a block.
pub type InBlock = TransactionInBlock<AssayConfig, OnlineClientAtBlockImpl<AssayConfig>>;
/// The events of a transaction.
pub type Events = ExtrinsicEvents<AssayConfig>;

/// Blocks for which a signed transaction is valid: long enough for a busy pool, short enough that a lost one does not
/// surprise its signer later.
const MORTALITY: u64 = 64;
/// The time that a block with a transaction may take to become final: many times what it takes while more than two
/// thirds of the validators are online.
const FINALITY_TIMEOUT: Duration = Duration::from_secs(120);
/// The time that a node may take to count a transaction that it has received: a retracted one is back in its pool
/// within a block.
const NONCE_TIMEOUT: Duration = Duration::from_secs(10);
/// The time between two requests for that count.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The account that signs.
pub struct Signer {
	pair: Keypair,
	/// The account's id.
	pub account: AccountId32,
}

/// A signature of an account, encoded as the runtime's `MultiSignature`.
#[derive(Clone, Debug, Encode)]
pub enum AccountSignature {
	#[codec(index = 1)]
	Sr25519([u8; 64]),
}

/// Why a text is not a signer's secret. The secret itself stays out of the message.
#[derive(Debug, thiserror::Error)]
#[error("not a secret phrase, a 0x seed or a path like //Alice: {0}")]
pub struct SignerError(String);

impl Signer {
	/// Derives the account from a secret phrase, a seed or a development path.
	pub fn from_suri(suri: &str) -> Result<Self, SignerError> {
		let invalid = |error: &dyn fmt::Display| SignerError(error.to_string());
		let uri: SecretUri = suri
			.parse()
			.map_err(|error: subxt_signer::SecretUriError| invalid(&error))?;
		let pair = Keypair::from_uri(&uri).map_err(|error| invalid(&error))?;
		let account = AccountId32(pair.public_key().0);
		Ok(Self { pair, account })
	}

	/// Signs a message that a call carries.
	pub fn sign(&self, message: &[u8]) -> AccountSignature {
		AccountSignature::Sr25519(self.pair.sign(message).0)
	}
}

/// Why a call had no effect, or why that is not known.
#[derive(Debug, thiserror::Error)]
pub enum TxError {
	#[error(transparent)]
	Refused(#[from] Refusal),
	#[error("the node's pool rejected the transaction: {message}{}", hint(.message))]
	PoolRejected { message: String },
	#[error("the transaction was lost on its way into a block ({0}): run the command again")]
	Lost(String),
	#[error(
		"the transaction is in block {block}, which is not final after {} seconds: more than a third of the validators \
		 may be offline. The transaction counts unless another block replaces that one: look at its effect before you \
		 repeat it",
		FINALITY_TIMEOUT.as_secs()
	)]
	NotFinal { block: String },
	#[error("the outcome of the transaction is unknown ({0}): look at its effect before you repeat it")]
	Unknown(String),
	#[error(
		"{call} does not fit the node's runtime (spec version {spec_version}; {reason}): use the `assay` that was \
		 built with it"
	)]
	UnknownCall {
		call: String,
		spec_version: u32,
		reason: String,
	},
	#[error("the transaction cannot be made: {0}. Run the command again, or name another node with --url")]
	Client(String),
	#[error(transparent)]
	Chain(#[from] ChainError),
}

impl TxError {
	fn client(error: impl fmt::Display) -> Self {
		Self::Client(error.to_string())
	}

	/// Returns whether the pool rejected the transaction because another one has its nonce.
	fn is_nonce_taken(&self) -> bool {
		matches!(self, Self::PoolRejected { message } if is_nonce_taken(message))
	}
}

fn hint(message: &str) -> String {
	match pool_hint(message) {
		"" => String::new(),
		hint => format!("; {hint}"),
	}
}

/// Encodes the call as a transaction, or another call, contains it. Fails if the node's runtime has no such call.
pub async fn encode_call(chain: &Chain, call: &Call) -> Result<Vec<u8>, TxError> {
	let at = chain.client().at_current_block().await.map_err(TxError::client)?;
	let transactions = at.transactions();
	transactions
		.call_data(call)
		.and_then(|bytes| transactions.from_call_data_bytes(&bytes).map(|_| bytes))
		.map_err(|error| TxError::UnknownCall {
			call: format!("{}.{}", call.pallet_name(), call.call_name()),
			spec_version: at.spec_version(),
			reason: error.to_string(),
		})
}

/// Returns the pallet and the name of an encoded call, if the node's runtime has it.
pub async fn call_name(chain: &Chain, call: &[u8]) -> Result<Option<String>, TxError> {
	let at = chain.client().at_current_block().await.map_err(TxError::client)?;
	let call = at.transactions().from_call_data_bytes(call);
	Ok(call
		.ok()
		.map(|call| format!("{}.{}", call.pallet_name(), call.call_name())))
}

/// Signs `call` and submits it to the node's pool, with `nonce` or else with the account's next one. Returns the nonce
/// with which the pool accepted it.
///
/// Another transaction may have that nonce: one that was signed elsewhere at the same time, or an earlier one of this
/// account whose block has just lost to another, so that the node does not count it for a moment. The pool rejects the
/// second transaction, which is then signed again with a later nonce.
pub async fn submit(
	chain: &Chain,
	signer: &Signer,
	call: &Call,
	nonce: Option<u64>,
) -> Result<(Submitted, u64), TxError> {
	encode_call(chain, call).await?;
	let mut nonce = match nonce {
		Some(nonce) => nonce,
		None => chain.next_nonce(&signer.account).await?,
	};
	loop {
		let rejection = match submit_with_nonce(chain, signer, call, nonce).await {
			Ok(submitted) => return Ok((submitted, nonce)),
			Err(error) if error.is_nonce_taken() => error,
			Err(error) => return Err(error),
		};
		let later = wait_for_later_nonce(chain, &signer.account, nonce);
		match tokio::time::timeout(NONCE_TIMEOUT, later).await {
			Ok(later) => nonce = later?,
			Err(_) => return Err(rejection),
		}
	}
}

/// Waits until the account's next nonce is greater than `nonce`, and returns it.
async fn wait_for_later_nonce(chain: &Chain, account: &AccountId32, nonce: u64) -> Result<u64, ChainError> {
	loop {
		tokio::time::sleep(POLL_INTERVAL).await;
		let next = chain.next_nonce(account).await?;
		if next > nonce {
			return Ok(next);
		}
	}
}

/// Signs `call` with `nonce`, and submits it to the node's pool.
async fn submit_with_nonce(chain: &Chain, signer: &Signer, call: &Call, nonce: u64) -> Result<Submitted, TxError> {
	let at = chain.client().at_current_block().await.map_err(TxError::client)?;
	let params = DefaultExtrinsicParamsBuilder::new()
		.mortal_from_unchecked(MORTALITY, at.block_number(), at.block_hash())
		.nonce(nonce)
		.build();
	let transactions = at.transactions();
	let transaction = transactions
		.create_signable_offline(call, params)
		.map_err(TxError::client)?
		.sign(&signer.pair)
		.map_err(TxError::client)?;
	transaction.submit_and_watch().await.map_err(rejection)
}

/// Returns why the node's pool does not have a transaction.
fn rejection(error: ExtrinsicError) -> TxError {
	match error {
		ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
			subxt::rpcs::Error::User(user),
		))) => TxError::PoolRejected {
			message: match &user.data {
				Some(data) => format!("{}: {}", user.message, data.get().trim_matches('"')),
				None => user.message,
			},
		},
		error => TxError::Unknown(error.to_string()),
	}
}

/// Returns the events of a transaction in its block, or why the chain refused it.
pub async fn events(block: &InBlock) -> Result<Events, TxError> {
	block.wait_for_success().await.map_err(|error| match error {
		TransactionEventsError::ExtrinsicFailed(error) => Refusal::from(error).into(),
		error => TxError::Unknown(error.to_string()),
	})
}

/// Returns the fields of the first event `pallet.name`, decoded.
pub fn find_event<T: codec::Decode>(events: &Events, pallet: &str, name: &str) -> Option<T> {
	events
		.iter()
		.filter_map(Result::ok)
		.filter(|event| event.pallet_name() == pallet && event.event_name() == name)
		.find_map(|event| T::decode(&mut event.field_bytes()).ok())
}

/// Makes one call: signs and submits it, waits until its block is final, and returns its events.
pub async fn execute(chain: &Chain, signer: &Signer, call: &Call) -> Result<Events, TxError> {
	let (submitted, _) = submit(chain, signer, call, None).await?;
	wait_until_final(submitted).await
}

/// Makes one call that carries its own signature, and so needs neither nonce nor fee. Waits until its block is final,
/// and returns its events.
pub async fn execute_authorized(chain: &Chain, call: &Call) -> Result<Events, TxError> {
	encode_call(chain, call).await?;
	let at = chain.client().at_current_block().await.map_err(TxError::client)?;
	let params = DefaultExtrinsicParamsBuilder::new().nonce(0).build();
	// No extension of this chain takes a signature, so the account does not matter.
	let (nobody, none) = (AccountId32([0; 32]), MultiSignature::Sr25519([0; 64]));
	let transaction = at
		.transactions()
		.create_v5_signable_offline(call, params)
		.map_err(TxError::client)?
		.sign_with_account_and_signature(&nobody, &none)
		.map_err(TxError::client)?;
	wait_until_final(transaction.submit_and_watch().await.map_err(rejection)?).await
}

/// Waits until the block of a transaction is final, and returns its events.
async fn wait_until_final(mut submitted: Submitted) -> Result<Events, TxError> {
	let mut in_block = None;
	loop {
		let status = match &in_block {
			None => submitted.next().await,
			Some(block) => tokio::time::timeout(FINALITY_TIMEOUT, submitted.next())
				.await
				.map_err(|_| TxError::NotFinal {
					block: format!("{block:?}"),
				})?,
		};
		let status = status.ok_or_else(|| TxError::Unknown("the node stopped reporting".into()))?;
		match status.map_err(|error| TxError::Unknown(error.to_string()))? {
			TransactionStatus::InFinalizedBlock(block) => return events(&block).await,
			TransactionStatus::InBestBlock(block) => in_block = Some(block.block_hash()),
			TransactionStatus::NoLongerInBestBlock => in_block = None,
			TransactionStatus::Error { message }
			| TransactionStatus::Invalid { message }
			| TransactionStatus::Dropped { message } => return Err(TxError::Lost(message)),
			TransactionStatus::Validated | TransactionStatus::Broadcasted => {}
		}
	}
}
