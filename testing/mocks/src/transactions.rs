//! Transactions that are authorised by their call instead of signed by an account.

use frame_support::traits::Authorize;
use sp_runtime::transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction};

/// Returns what the pool of another node makes of `call`.
pub fn authorize(call: &impl Authorize) -> Result<ValidTransaction, TransactionValidityError> {
	authorize_from(TransactionSource::External, call)
}

/// Returns what a block makes of `call`.
pub fn authorize_in_block(call: &impl Authorize) -> Result<ValidTransaction, TransactionValidityError> {
	authorize_from(TransactionSource::InBlock, call)
}

fn authorize_from(
	source: TransactionSource,
	call: &impl Authorize,
) -> Result<ValidTransaction, TransactionValidityError> {
	call.authorize(source)
		.expect("the call can be authorised")
		.map(|(valid, _)| valid)
}

/// Lets the off-chain workers of a test runtime create authorised transactions: of `$runtime`, with calls of type
/// `$call`, as `$extrinsic` with an extension of type `$extension`, made by `$create`.
#[macro_export]
macro_rules! impl_create_transactions {
	($runtime:ty, $call:ty, $extrinsic:ty, $extension:ty, $create:expr $(,)?) => {
		impl<LocalCall> $crate::frame_system::offchain::CreateTransactionBase<LocalCall> for $runtime
		where
			$call: From<LocalCall>,
		{
			type RuntimeCall = $call;
			type Extrinsic = $extrinsic;
		}

		impl<LocalCall> $crate::frame_system::offchain::CreateTransaction<LocalCall> for $runtime
		where
			$call: From<LocalCall>,
		{
			type Extension = $extension;

			fn create_transaction(call: $call, extension: $extension) -> $extrinsic {
				<$extrinsic>::new_transaction(call, extension)
			}
		}

		impl<LocalCall> $crate::frame_system::offchain::CreateAuthorizedTransaction<LocalCall> for $runtime
		where
			$call: From<LocalCall>,
		{
			fn create_extension() -> $extension {
				$create
			}
		}
	};
}
