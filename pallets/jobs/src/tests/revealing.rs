//! Reveals: what opens a commitment, and what silence costs.

use crate::{mock::*, Answers, Event, JobState, Step, Totals};
use assay_primitives::{
	api::{ParticipantStatus, RefundReason},
	traits::Offence,
	Answer, Artifact, Payload,
};
use codec::Encode;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

const BAD_PROOF: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::BadProof);
const STALE: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Stale);

fn run_past_reveals() {
	run(8 + WORK + 1);
}

#[test]
fn silence_costs_the_bond_which_is_split_exactly() {
	build_and_execute(|| {
		let id = request(1);
		committed(id, &[right()]);
		let [present, silent] = workers(id)[..] else {
			panic!("two workers");
		};
		reveal(present, id, &right()).unwrap();
		run_past_reveals();
		assert_eq!(status(id, silent), ParticipantStatus::Silent);
		assert_eq!(Punished::get(), vec![(silent, id, Offence::Silence, BOND)]);
		assert_eq!(free_balance(stake_of(silent)), 99 * BOND);
		// Half is burned, a fifth goes to the requester, and the rest to the fund because nobody reported anything.
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(1) + BOND / 5);
		assert_eq!(free_balance(FUND), ENDOWMENT + 3 * BOND / 10);
		let totals = Totals::<Test>::get();
		assert_eq!((totals.slashed, totals.burned, totals.wrong), (BOND, BOND / 2, 1));
		assert!(events().contains(&Event::Slashed {
			job: id,
			worker: silent,
			amount: BOND
		}));
	});
}

#[test]
fn a_silent_worker_among_agreeing_ones_is_not_paid_and_does_not_stop_the_result() {
	build_and_execute(|| {
		let id = request(2);
		committed(id, &[right()]);
		let all = workers(id);
		// The executor is silent.
		for worker in &all[1..] {
			reveal(*worker, id, &right()).unwrap();
		}
		assert!(matches!(state(id), JobState::Revealing { .. }));
		run_past_reveals();
		assert!(matches!(state(id), JobState::Provisional { .. }));
		run(6);
		assert!(matches!(state(id), JobState::Settled { .. }));
		assert_eq!(free_balance(all[0]), ENDOWMENT);
		assert_eq!(free_balance(all[1]), ENDOWMENT + PAY);
		// The pay of the silent worker is refunded.
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(2) + PAY + BOND / 5);
		assert_eq!((assurance(id).confirmations, assurance(id).bond_at_risk), (1, 2 * BOND));
	});
}

#[test]
fn if_all_are_silent_all_are_slashed_and_the_fee_is_refunded() {
	build_and_execute(|| {
		let id = request(2);
		committed(id, &[right()]);
		run_past_reveals();
		let JobState::Refunded { reason, verdict, .. } = state(id) else {
			panic!("{:?}", state(id));
		};
		assert_eq!((reason, verdict), (RefundReason::NoReveal, None));
		assert_eq!(free_balance(REQUESTER), ENDOWMENT + 3 * (BOND / 5));
		assert_eq!(Punished::get().len(), 3);
		assert!(Served::get().is_empty());
		check_idle();
	});
}

#[test]
fn if_one_is_silent_and_the_others_differ_the_tribunal_decides() {
	build_and_execute(|| {
		let id = request(2);
		committed(id, &[right(), right(), wrong(1)]);
		let all = workers(id);
		reveal(all[1], id, &right()).unwrap();
		reveal(all[2], id, &wrong(1)).unwrap();
		run_past_reveals();
		assert!(matches!(state(id), JobState::Disputed { .. }));
		rule(id, verdict(Some(right().digest())));
		// Each is slashed once: one for silence, one for its answer.
		let offences: Vec<_> = Punished::get()
			.iter()
			.map(|(worker, _, offence, _)| (*worker, *offence))
			.collect();
		assert_eq!(
			offences,
			vec![(all[0], Offence::Silence), (all[2], Offence::WrongAnswer)]
		);
	});
}

#[test]
fn a_reveal_of_another_answer_than_the_one_committed_to_is_refused() {
	build_and_execute(|| {
		let id = request(1);
		committed(id, &[right()]);
		let worker = executor(id);
		assert_eq!(reveal(worker, id, &wrong(1)), Err(BAD_PROOF));
		// Digest and salt must open the commitment, and the answer must have the digest.
		let reveal_step = |digest, salt, answer| {
			let step = Step::Reveal {
				job: id,
				task: task_of(id),
				digest,
				salt,
				answer,
			};
			submit(signed(worker, vec![step]))
		};
		let (digest, salt) = (right().digest(), salt_of(worker, id));
		assert_eq!(reveal_step(digest, salt, Some(wrong(1))), Err(BAD_PROOF));
		assert_eq!(
			reveal_step(digest, salt_of(checkers(id)[0], id), Some(right())),
			Err(BAD_PROOF)
		);
		assert_eq!(reveal_step(wrong(1).digest(), salt, Some(right())), Err(BAD_PROOF));
		assert_eq!(reveal_step(digest, salt, Some(right())), Ok(()));
	});
}

#[test]
fn an_answer_may_be_left_out_only_if_it_is_on_chain() {
	build_and_execute(|| {
		let id = request(1);
		committed(id, &[right()]);
		let [first, second] = workers(id)[..] else {
			panic!("two workers");
		};
		let bare = |worker| submit(signed(worker, vec![reveal_step(worker, id, &right(), false)]));
		assert_eq!(bare(first), Err(STALE));
		reveal(second, id, &right()).unwrap();
		assert_eq!(bare(first), Ok(()));
		assert!(matches!(state(id), JobState::Provisional { .. }));
	});
}

#[test]
fn an_answer_has_a_root_exactly_if_there_are_several_items() {
	build_and_execute(|| {
		let single = request(1);
		let (rooted, _) = Answer::of(&[outcome(0), outcome(0)]);
		committed(single, &[rooted.clone(), right()]);
		assert_eq!(reveal(executor(single), single, &rooted), Err(BAD_PROOF));

		let several = crate::NextJob::<Test>::get();
		ask(REQUESTER, 2, terms(1)).unwrap();
		committed(several, &[right(), rooted.clone()]);
		assert_eq!(reveal(executor(several), several, &right()), Err(BAD_PROOF));
		assert_eq!(reveal(checkers(several)[0], several, &rooted), Ok(()));
		// A worker that committed to an answer of the wrong form cannot open it, and pays as for silence.
		run_past_reveals();
		run(WORK);
		assert!(Punished::get().contains(&(executor(single), single, Offence::Silence, BOND)));
		assert!(Punished::get().contains(&(executor(several), several, Offence::Silence, BOND)));
	});
}

#[test]
fn a_small_answer_as_an_artifact_is_another_answer() {
	build_and_execute(|| {
		let id = request(1);
		let shown = Answer {
			root: None,
			outcome: Payload::Artifact(Artifact::of(&outcome(0).encode())),
		};
		assert_ne!(shown.digest(), right().digest());
		revealed(id, &[right(), shown.clone()]);
		assert!(matches!(state(id), JobState::Disputed { .. }));
		// A worker that committed to the one cannot reveal the other.
		let again = request(1);
		committed(again, &[right()]);
		assert_eq!(reveal(executor(again), again, &shown), Err(BAD_PROOF));
		let disguised = Step::Reveal {
			job: again,
			task: task_of(again),
			digest: right().digest(),
			salt: salt_of(executor(again), again),
			answer: Some(shown),
		};
		assert_eq!(submit(signed(executor(again), vec![disguised])), Err(BAD_PROOF));
	});
}

#[test]
fn an_artifact_of_a_length_that_no_node_stores_is_refused() {
	build_and_execute(|| {
		let id = request(1);
		let artifact = |len| Answer {
			root: None,
			outcome: Payload::Artifact(Artifact {
				id: assay_primitives::ArtifactId::of(b"x"),
				len,
			}),
		};
		let large = artifact(assay_primitives::payload::MAX_ARTIFACT + 1);
		committed(id, &[large.clone(), artifact(0)]);
		for (worker, answer) in workers(id).into_iter().zip([large, artifact(0)]) {
			assert_eq!(reveal(worker, id, &answer), Err(STALE));
		}
	});
}

#[test]
fn a_reveal_counts_in_the_last_block_of_its_period_and_not_later() {
	build_and_execute(|| {
		let id = request(1);
		committed(id, &[right()]);
		let JobState::Revealing { deadline } = state(id) else {
			panic!("revealing");
		};
		let [first, second] = workers(id)[..] else {
			panic!("two workers");
		};
		run_to(deadline);
		reveal(first, id, &right()).unwrap();
		run(1);
		assert_eq!(reveal(second, id, &right()), Err(STALE));
		assert!(matches!(state(id), JobState::Provisional { .. }));
	});
}

#[test]
fn answers_that_did_not_settle_the_job_are_removed() {
	build_and_execute(|| {
		let id = request(2);
		revealed(id, &[right(), wrong(1), wrong(2)]);
		assert_eq!(Answers::<Test>::iter_prefix(id).count(), 3);
		rule(id, verdict(Some(wrong(1).digest())));
		assert_eq!(
			Answers::<Test>::iter_prefix(id).collect::<Vec<_>>(),
			vec![(wrong(1).digest(), wrong(1))]
		);
	});
}
