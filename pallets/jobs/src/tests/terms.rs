//! Terms: which requests are refused and why, what a quote says, and that a job keeps its terms.

use crate::{mock::*, Call, Error, JobState};
use assay_primitives::{
	api::Quote,
	batch::MAX_ITEMS,
	payload::MAX_ARTIFACT,
	terms::{Terms, MAX_CHECKERS},
	traits::{Inference, ModelTerms},
	Artifact, ArtifactId, DType, JobId, ModelId, ModelRef, Payload, Tensor,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, storage::with_storage_layer};
use sp_runtime::{traits::Dispatchable, DispatchResult, Permill};

fn quote(terms: Terms<u64>) -> Quote<u64> {
	Jobs::quote(MODEL, 1, terms).unwrap()
}

fn at_risk(checkers: u8, value_at_risk: u64) -> Terms<u64> {
	Terms {
		value_at_risk,
		..terms(checkers)
	}
}

fn ask_with(model: ModelId, input: Payload) -> DispatchResult {
	let call = RuntimeCall::from(Call::request {
		model: model.into(),
		items: 1,
		input,
		terms: terms(1),
	});
	let done = call.dispatch(RuntimeOrigin::signed(REQUESTER));
	done.map(|_| ()).map_err(|error| error.error)
}

#[test]
fn a_fee_above_what_the_requester_allows_is_refused() {
	build_and_execute(|| {
		let allows = |max_fee| Terms { max_fee, ..terms(2) };
		assert_noop!(ask(REQUESTER, 1, allows(fee(2) - 1)), Error::<Test>::MaxFeeExceeded);
		assert_ok!(ask(REQUESTER, 1, allows(fee(2))));
		assert_eq!(held(REQUESTER), fee(2));
	});
}

#[test]
fn too_many_checkers_are_refused() {
	build_and_execute(|| {
		assert_noop!(
			ask(REQUESTER, 1, terms(MAX_CHECKERS + 1)),
			Error::<Test>::TooManyCheckers
		);
		assert_noop!(ask(REQUESTER, 1, terms(u8::MAX)), Error::<Test>::TooManyCheckers);
		assert_ok!(ask(REQUESTER, 1, terms(MAX_CHECKERS)));
	});
}

#[test]
fn a_job_has_at_least_one_item_and_at_most_the_protocols_limit() {
	build_and_execute(|| {
		assert_noop!(ask(REQUESTER, 0, terms(1)), Error::<Test>::InvalidItemCount);
		assert_noop!(ask(REQUESTER, MAX_ITEMS + 1, terms(1)), Error::<Test>::InvalidItemCount);
		assert_ok!(ask(REQUESTER, MAX_ITEMS, terms(1)));
	});
}

#[test]
fn a_job_that_would_reward_cheating_is_refused() {
	build_and_execute(|| {
		let most = quote(terms(0)).most_at_risk;
		// With an audit rate of one percent, m' = 0.997; half of both bonds of the executor is burned.
		assert!((2_600..2_750).contains(&most), "{most}");
		assert_ok!(ask(REQUESTER, 1, at_risk(0, most)));
		assert_noop!(
			ask(REQUESTER, 1, at_risk(0, most + 1)),
			Error::<Test>::InsufficientDeterrence
		);
		assert_ok!(ask(REQUESTER, 1, at_risk(1, most + 1)));
		assert_noop!(
			ask(REQUESTER, 1, at_risk(2, u64::MAX)),
			Error::<Test>::InsufficientDeterrence
		);
	});
}

#[test]
fn without_audits_a_job_needs_a_checker() {
	build_and_execute(|| {
		Threats::mutate(|threats| threats.audit_rate = Permill::zero());
		assert_noop!(ask(REQUESTER, 1, terms(0)), Error::<Test>::InsufficientDeterrence);
		assert_ok!(ask(REQUESTER, 1, terms(1)));
	});
}

#[test]
fn the_minimum_number_of_checkers_in_a_quote_is_accepted_and_one_fewer_is_not() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 40)));
		let mut named = vec![];
		for value in [0, 3_000, 10_000, 1_000_000, 5_000_000, 60_000_000, 90_000_000] {
			let fewest = quote(at_risk(0, value)).min_checkers.unwrap();
			assert_ok!(ask(REQUESTER, 1, at_risk(fewest, value)));
			if let Some(fewer) = fewest.checked_sub(1) {
				assert!(quote(at_risk(fewer, value)).exceeded.is_some());
				assert!(ask(REQUESTER, 1, at_risk(fewer, value)).is_err());
			}
			named.push(fewest);
		}
		assert!(named.is_sorted() && named[0] == 0 && named[6] > 3, "{named:?}");
		assert_eq!(quote(at_risk(0, u64::MAX)).min_checkers, None);
	});
}

#[test]
fn a_quote_states_the_terms_that_are_agreed() {
	build_and_execute(|| {
		let quote = quote(at_risk(3, 500));
		assert_eq!((quote.fee.total(), quote.fee.pay), (fee(3), PAY));
		assert_eq!((quote.free_slots, quote.available_workers), (32, 16));
		assert_ok!(ask(REQUESTER, 1, at_risk(3, 500)));
		let agreed = job(JobId(0)).terms;
		assert_eq!((agreed.fee, agreed.periods), (quote.fee, quote.periods));
		assert_eq!(
			(agreed.evasion_probability, agreed.deterrence),
			(quote.evasion_probability, quote.deterrence)
		);
		assert_eq!(agreed.value_at_risk, 500);
	});
}

#[test]
fn a_request_is_accepted_exactly_if_its_quote_names_no_bound_that_it_exceeds() {
	build_and_execute(|| {
		Pool::offer(&WORKERS.map(|worker| (worker, 20)));
		let mut refused = 0;
		for value in (0..40_000).step_by(500) {
			let exceeded = quote(at_risk(0, value)).exceeded;
			let expected = exceeded.map_or(Ok(()), |bound| Err(Error::<Test>::of_bound(bound).into()));
			assert_eq!(ask(REQUESTER, 1, at_risk(0, value)), expected, "{value}");
			match expected {
				Ok(()) => {
					// So that the pool does not become empty.
					let id = JobId(crate::NextJob::<Test>::get().0 - 1);
					assert_ok!(Jobs::cancel(RuntimeOrigin::signed(REQUESTER), id, task_of(id)));
				}
				Err(_) => refused += 1,
			}
		}
		assert!((10..70).contains(&refused), "{refused}");
	});
}

#[test]
fn a_model_that_accepts_no_jobs_is_not_quoted() {
	build_and_execute(|| {
		assert_noop!(ask_with(ModelId::default(), input(1)), Error::<Test>::ModelNotOpen);
		assert!(Jobs::quote(ModelId::default(), 1, terms(1)).is_none());
		TermsOfModel::set(None);
		assert_noop!(ask_with(MODEL, input(1)), Error::<Test>::ModelNotOpen);
		assert!(Jobs::quote(MODEL, 1, terms(1)).is_none());
	});
}

#[test]
fn an_unlisted_model_accepts_requests_that_allow_it() {
	build_and_execute(|| {
		TermsOfModel::set(Some(ModelTerms {
			listed: false,
			..model_terms()
		}));
		assert_noop!(ask(REQUESTER, 1, terms(0)), Error::<Test>::ModelNotListed);
		let knowing = Terms {
			allow_unlisted: true,
			..terms(0)
		};
		assert_ok!(ask(REQUESTER, 1, knowing));
	});
}

#[test]
fn a_request_by_name_records_the_resolved_model() {
	build_and_execute(|| {
		let ask = |name: &str| {
			let model = name.parse::<ModelRef>().unwrap();
			<Jobs as Inference<u64, u64>>::request(&REQUESTER, model, 1, input(1), terms(0))
		};
		let id = ask("digits").unwrap();
		assert_eq!(job(id).model, MODEL);
		assert_eq!(ask("digits@1.0"), Err(Error::<Test>::ModelNotOpen.into()));
		assert_eq!(ask("letters"), Err(Error::<Test>::ModelNotOpen.into()));
	});
}

#[test]
fn an_inline_input_that_does_not_fit_is_refused() {
	build_and_execute(|| {
		let tensor = |dtype, shape: &[u32], bytes: usize| Tensor {
			dtype,
			shape: shape.to_vec(),
			data: vec![7; bytes],
		};
		let fitting = tensor(DType::U8, &[5], 5);
		let wrong = [
			vec![],
			vec![fitting.clone(), fitting.clone()],
			vec![tensor(DType::I8, &[5], 5)],
			vec![tensor(DType::U8, &[6], 6)],
			vec![tensor(DType::U8, &[1, 5], 5)],
			vec![tensor(DType::U8, &[5], 4)],
		];
		for tensors in wrong {
			assert_noop!(
				ask_with(MODEL, Payload::of(tensors.encode())),
				Error::<Test>::InvalidInput
			);
		}
		let right = vec![fitting].encode();
		for bytes in [
			right[..right.len() - 1].to_vec(),
			[&right[..], &[0]].concat(),
			b"input".to_vec(),
		] {
			assert_noop!(ask_with(MODEL, Payload::of(bytes)), Error::<Test>::InvalidInput);
		}
		assert_ok!(ask_with(MODEL, Payload::of(right)));
	});
}

#[test]
fn a_batch_must_have_the_stated_number_of_items() {
	build_and_execute(|| {
		let ask =
			|items, input| <Jobs as Inference<u64, u64>>::request(&REQUESTER, MODEL.into(), items, input, terms(2));
		for (items, packed) in [(1, 2), (2, 1), (2, 3), (256, 255)] {
			let refused = with_storage_layer(|| ask(items, input(packed)));
			assert_eq!(refused, Err(Error::<Test>::InvalidInput.into()), "{items} of {packed}");
		}
		for items in [1, 2, 256] {
			assert!(ask(items, input(items)).is_ok());
		}
	});
}

#[test]
fn an_input_of_a_length_that_no_node_stores_is_refused() {
	build_and_execute(|| {
		let named = |len| {
			Payload::Artifact(Artifact {
				id: ArtifactId::of(b"x"),
				len,
			})
		};
		assert_noop!(ask_with(MODEL, named(0)), Error::<Test>::InvalidArtifact);
		assert_noop!(ask_with(MODEL, named(MAX_ARTIFACT + 1)), Error::<Test>::InvalidArtifact);
		assert_ok!(ask_with(MODEL, named(MAX_ARTIFACT)));
	});
}

#[test]
fn a_job_needs_one_more_worker_than_it_has_checkers() {
	build_and_execute(|| {
		Pool::offer(&[(WORKER, 9), (OTHER, 9)]);
		assert_noop!(ask(REQUESTER, 1, terms(2)), Error::<Test>::TooFewWorkers);
		assert_ok!(ask(REQUESTER, 1, terms(1)));
	});
}

#[test]
fn a_job_needs_a_free_slot_and_checks_that_are_not_promised_to_others() {
	build_and_execute(|| {
		Pool::offer(&[]);
		assert_noop!(ask(REQUESTER, 1, terms(0)), Error::<Test>::NoFreeSlot);
		Pool::offer(&[(WORKER, 2), (OTHER, 2)]);
		for _ in 0..3 {
			assert_ok!(ask(REQUESTER, 1, terms(1)));
		}
		assert_eq!((quote(terms(1)).free_slots, quote(terms(1)).free_checks), (1, 1));
		assert_ok!(ask(REQUESTER, 1, terms(1)));
		assert_noop!(ask(REQUESTER, 1, terms(0)), Error::<Test>::NoFreeSlot);
		// Checks are promised although executors have slots to spare.
		Pool::mutate(|pool| pool.slots.push((WORKER, None)));
		assert_noop!(ask(REQUESTER, 1, terms(1)), Error::<Test>::NoFreeSlot);
	});
}

#[test]
fn a_check_is_promised_for_an_auditor_only_if_there_is_a_worker_to_spare() {
	build_and_execute(|| {
		for (workers, promised) in [(3, 2), (4, 3), (10, 3)] {
			let offered: Vec<_> = WORKERS.into_iter().take(workers).map(|worker| (worker, 9)).collect();
			Pool::offer(&offered);
			let before = Pool::get().promised();
			request(2);
			assert_eq!(Pool::get().promised() - before, promised, "{workers} workers");
		}
	});
}

#[test]
fn another_pallet_requests_for_an_account_and_leaves_no_trace_if_refused() {
	build_and_execute(|| {
		let ask = |terms| <Jobs as Inference<u64, u64>>::request(&REQUESTER, MODEL.into(), 1, input(1), terms);
		assert_eq!(ask(terms(1)), Ok(JobId(0)));
		let tight = Terms { max_fee: 0, ..terms(1) };
		assert_noop!(ask(tight), Error::<Test>::MaxFeeExceeded);
		// A request that fails after the draw.
		Prices::mutate(|prices| prices.base = 2 * ENDOWMENT);
		Threats::mutate(|threats| threats.malicious_share = Permill::zero());
		assert!(ask(terms(12)).is_err());
		assert_eq!(crate::NextJob::<Test>::get(), JobId(1));
		assert_eq!(held(REQUESTER), fee(1));
	});
}

#[test]
fn changed_parameters_do_not_affect_accepted_jobs() {
	build_and_execute(|| {
		let id = request(1);
		Prices::set(assay_primitives::terms::Pricing {
			base: 9_000,
			per_giga_mac: 90_000,
			per_block: 7,
			audit_levy: Permill::from_percent(50),
			burn: Permill::from_percent(50),
		});
		TermsOfModel::set(Some(ModelTerms {
			owner: CHALLENGER,
			royalty: 999,
			macs: 1,
			listed: false,
		}));
		Times::mutate(|times| {
			(times.commit, times.reveal, times.vote) = (100, 100, 100);
			times.windows = [100; 3];
		});
		Threats::mutate(|threats| {
			threats.audit_rate = Permill::one();
			threats.no_show_fine = 7;
			threats.slash.burn = Permill::one();
		});
		let agreed = job(id).terms;
		// A silent executor is fined by the old parameters, after the old period.
		run(7);
		assert_eq!(Punished::get()[0].3, 1_000);
		assert_eq!(state(id), JobState::Claiming { deadline: 8 + 5 + WORK });
		revealed(id, &[wrong(1), right()]);
		assert!(!job(id).audited);
		assert_eq!(Opened::get(), vec![(id, 6 + WORK)]);
		rule(id, verdict(Some(right().digest())));
		assert_eq!(free_balance(OWNER), ENDOWMENT + ROYALTY);
		assert_eq!(free_balance(CHALLENGER), ENDOWMENT);
		assert_eq!(free_balance(REQUESTER), ENDOWMENT - fee(1) + PAY + BOND / 5);
		assert_eq!(job(id).terms, agreed);
		assert_eq!(
			assurance(id).evasion_probability,
			security().odds().evasion_probability(1)
		);
	});
}

#[test]
fn a_job_is_still_answered_after_its_model_retires() {
	build_and_execute(|| {
		let id = request(1);
		TermsOfModel::set(None);
		settled(id);
		assert_eq!(free_balance(OWNER), ENDOWMENT + ROYALTY);
	});
}
