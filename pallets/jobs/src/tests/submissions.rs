//! What the pool and a block refuse, at no cost to anyone honest.

use crate::{mock::*, Call, Error, Jobs as JobsMap, RevealBatch};
use assay_primitives::JobId;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

fn refused(with: InvalidTransaction) -> TransactionValidityError {
	TransactionValidityError::Invalid(with)
}

#[test]
fn a_stranger_cannot_commit_for_a_worker() {
	build_and_execute(|| {
		let job = request();
		let batch = commit_batch(WORKER, &[job], &outcome());
		let signature = sign(OTHER_WORKER, &batch.message(genesis()));
		let forged = Call::<Test>::commit { batch, signature }.into();
		assert_eq!(authorize(&forged), Err(refused(InvalidTransaction::BadProof)));
	});
}

#[test]
fn a_worker_cannot_commit_to_anothers_job() {
	build_and_execute(|| {
		let job = request();
		assert_eq!(commit(OTHER_WORKER, &[job]), Err(refused(InvalidTransaction::Stale)));
	});
}

#[test]
fn a_commitment_copied_from_another_worker_cannot_be_opened() {
	build_and_execute(|| {
		FreeSlots::set(vec![WORKER, OTHER_WORKER]);
		let copied = request();
		let own = request();
		assert_ok!(commit(OTHER_WORKER, &[copied]));
		let mut batch = commit_batch(OTHER_WORKER, &[copied], &outcome());
		batch.worker = WORKER;
		let (_, stolen) = batch.commits.first().copied().unwrap();
		batch.commits = vec![(own, stolen)].try_into().unwrap();
		assert_ok!(submit(commit_call(batch)));
		assert_eq!(reveal(WORKER, &[own]), Err(refused(InvalidTransaction::BadProof)));
	});
}

#[test]
fn a_submission_works_once() {
	build_and_execute(|| {
		let job = request();
		assert_ok!(commit(WORKER, &[job]));
		assert_eq!(commit(WORKER, &[job]), Err(refused(InvalidTransaction::Stale)));
		assert_ok!(reveal(WORKER, &[job]));
		assert_eq!(reveal(WORKER, &[job]), Err(refused(InvalidTransaction::Stale)));
		assert_eq!(Balances::free_balance(WORKER), 1_090);
	});
}

#[test]
fn a_commitment_after_the_deadline_is_stale() {
	build_and_execute(|| {
		let job = request();
		System::set_block_number(6);
		assert_ok!(authorize(&commit_call(commit_batch(WORKER, &[job], &outcome()))));
		System::set_block_number(7);
		assert_eq!(commit(WORKER, &[job]), Err(refused(InvalidTransaction::Stale)));
		System::set_block_number(6);
		run_to(7);
	});
}

#[test]
fn a_reveal_must_open_the_commitment() {
	build_and_execute(|| {
		let job = request();
		assert_ok!(commit(WORKER, &[job]));
		let wrong = reveal_batch(WORKER, &[job], &other_outcome());
		assert_eq!(submit(reveal_call(wrong)), Err(refused(InvalidTransaction::BadProof)));
		assert_ok!(reveal(WORKER, &[job]));
	});
}

#[test]
fn a_batch_is_ascending_and_not_empty() {
	build_and_execute(|| {
		let jobs = [request(), request()];
		let call = refused(InvalidTransaction::Call);
		assert_eq!(commit(WORKER, &[]), Err(call));
		assert_eq!(commit(WORKER, &[jobs[1], jobs[0]]), Err(call));
		assert_eq!(commit(WORKER, &[jobs[0], jobs[0]]), Err(call));
		assert_ok!(commit(WORKER, &jobs));
		assert_ok!(reveal(WORKER, &jobs));
	});
}

#[test]
fn one_bad_item_refuses_the_batch_and_changes_nothing() {
	build_and_execute(|| {
		let job = request();
		let before = JobsMap::<Test>::get(job);
		assert_eq!(
			commit(WORKER, &[job, JobId(99)]),
			Err(refused(InvalidTransaction::Stale))
		);
		assert_eq!(JobsMap::<Test>::get(job), before);
	});
}

#[test]
fn a_signature_for_another_chain_is_worth_nothing_here() {
	build_and_execute(|| {
		let job = request();
		let batch = commit_batch(WORKER, &[job], &outcome());
		let signature = sign(WORKER, &batch.message(sp_core::H256::repeat_byte(1)));
		let foreign = Call::<Test>::commit { batch, signature }.into();
		assert_eq!(authorize(&foreign), Err(refused(InvalidTransaction::BadProof)));
	});
}

#[test]
fn resubmissions_of_one_step_exclude_one_another_in_the_pool() {
	build_and_execute(|| {
		let jobs = [request(), request()];
		let alone = authorize(&commit_call(commit_batch(WORKER, &jobs[..1], &outcome()))).unwrap();
		let both = authorize(&commit_call(commit_batch(WORKER, &jobs, &outcome()))).unwrap();
		assert!(both.provides.contains(&alone.provides[0]) && both.provides.len() == 2);
	});
}

#[test]
fn submissions_need_authorisation() {
	build_and_execute(|| {
		let job = request();
		let batch = commit_batch(WORKER, &[job], &outcome());
		let signature = sign(WORKER, &batch.message(genesis()));
		let signed = RuntimeOrigin::signed(WORKER);
		assert_noop!(
			Jobs::commit(signed, batch, signature),
			sp_runtime::DispatchError::BadOrigin
		);
		let batch = RevealBatch {
			worker: WORKER,
			reveals: Default::default(),
		};
		let signature = sign(WORKER, &batch.message(genesis()));
		assert_noop!(
			Jobs::reveal(RuntimeOrigin::none(), batch, signature),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_noop!(
			Jobs::do_reveal(reveal_batch(WORKER, &[JobId(5)], &outcome())),
			Error::<Test>::NotDue
		);
	});
}

#[test]
fn a_submission_signed_like_an_ordinary_transaction_would_be_charged() {
	use frame_support::dispatch::{GetDispatchInfo, Pays};
	build_and_execute(|| {
		let job = request();
		for call in [
			commit_call(commit_batch(WORKER, &[job], &outcome())),
			reveal_call(reveal_batch(WORKER, &[job], &outcome())),
		] {
			assert_eq!(call.get_dispatch_info().pays_fee, Pays::Yes);
		}
	});
}
