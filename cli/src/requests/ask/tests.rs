//! A request's way, told without a network.

use super::*;
use crate::{
	fixtures::{self, ALICE, BOB},
	hints::Refusal,
};
use assay_primitives::{api, Answer, FaultCode, ModelId, Outcome};

fn ask() -> Ask {
	ask_by(&ModelId::default().into())
}

fn ask_by(name: &ModelRef) -> Ask {
	let question = Question {
		items: 1,
		input: Payload::of(vec![0]),
		max_fee: 1,
	};
	Ask::new(name, &fixtures::model(api::ModelStatus::Open), question)
}

fn record(ask: &Ask, job: u64, status: JobStatus) -> JobInfo {
	JobInfo {
		id: JobId(job),
		task: ask.task.unwrap_or_default(),
		..fixtures::job(status)
	}
}

const CLAIMING: JobStatus = JobStatus::Claiming { deadline: 9 };
const REFUNDED: JobStatus = JobStatus::Refunded {
	at: 9,
	reason: api::RefundReason::NoClaim,
	verdict: None,
};

fn provisional(since: u32) -> JobStatus {
	let (answer, _) = Answer::of(&[Outcome::Fault(FaultCode::Trap)]);
	JobStatus::Provisional {
		since,
		until: since + 10,
		digest: answer.digest(),
		answer,
	}
}

fn refusal(name: &str) -> News {
	News::Failed(CallError::Refused(Refusal {
		name: name.into(),
		doc: String::new(),
		hint: "",
	}))
}

#[test]
fn a_request_waits_is_sent_placed_and_ends() {
	let mut ask = ask();
	assert!(ask.is_waiting() && !ask.is_under_way());
	ask.sent();
	assert!(ask.is_sent() && ask.is_under_way());
	ask.hear(News::Placed(JobId(7)));
	assert_eq!(ask.open_job(), Some(JobId(7)));
	assert!(!ask.is_done(Wait::Placed), "a job is placed once its record is seen");
	ask.see(Some(record(&ask, 7, CLAIMING)), ALICE);
	assert!(ask.is_done(Wait::Placed) && !ask.is_done(Wait::Ended) && ask.is_under_way());
	ask.see(Some(record(&ask, 7, REFUNDED)), ALICE);
	assert!(ask.is_done(Wait::Ended) && !ask.is_under_way());
	assert_eq!(ask.open_job(), None);
	assert_eq!(ask.result().unwrap().job.status, REFUNDED);
}

#[test]
fn a_provisional_answer_is_enough_only_for_who_does_not_wait_for_the_end() {
	let mut ask = ask();
	ask.sent();
	ask.hear(News::Placed(JobId(7)));
	ask.see(Some(record(&ask, 7, CLAIMING)), ALICE);
	assert!(!ask.is_done(Wait::Provisional));
	ask.see(Some(record(&ask, 7, provisional(5))), ALICE);
	assert!(ask.is_done(Wait::Provisional) && !ask.is_done(Wait::Ended) && ask.is_under_way());
	ask.see(Some(record(&ask, 7, JobStatus::Disputed { since: 6 })), ALICE);
	assert!(!ask.is_done(Wait::Provisional), "a disputed answer may be a wrong one");
	ask.see(Some(record(&ask, 7, REFUNDED)), ALICE);
	assert_eq!(ask.result().unwrap().provisional_at, Some(5));
}

#[test]
fn the_stages_of_a_job_are_told_in_their_order() {
	let mut ask = ask();
	let mut told = vec![ask.stage_name()];
	ask.sent();
	told.push(ask.stage_name());
	ask.hear(News::Placed(JobId(7)));
	told.push(ask.stage_name());
	for status in [
		CLAIMING,
		JobStatus::Drawing { since: 2 },
		JobStatus::Checking { deadline: 9 },
		JobStatus::Revealing { deadline: 9 },
		provisional(5),
		JobStatus::Disputed { since: 6 },
		REFUNDED,
	] {
		ask.see(Some(record(&ask, 7, status)), ALICE);
		assert!(ask.text().contains("job 7"));
		told.push(ask.stage_name());
	}
	assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "{told:?}");
}

#[test]
fn a_request_that_lost_its_slot_is_sent_again_but_not_for_ever() {
	let mut ask = ask();
	for _ in 1..MAX_TRIES {
		ask.sent();
		ask.hear(refusal("Jobs::NoFreeSlot"));
		assert!(ask.is_waiting());
	}
	ask.sent();
	ask.hear(refusal("Jobs::NoFreeSlot"));
	assert!(ask.is_done(Wait::Ended) && ask.result().is_err());
}

#[test]
fn any_other_refusal_is_the_end() {
	let mut ask = ask();
	ask.sent();
	ask.hear(refusal("Jobs::Overpriced"));
	assert!(ask.result().unwrap_err().contains("Jobs::Overpriced"));
}

#[test]
fn a_reorganisation_moves_a_request_to_another_job() {
	let mut ask = ask();
	ask.sent();
	ask.hear(News::Placed(JobId(7)));
	ask.see(Some(record(&ask, 7, REFUNDED)), ALICE);
	ask.hear(News::Placed(JobId(7)));
	assert!(ask.is_done(Wait::Ended), "the same news again changes nothing");
	ask.hear(News::Retracted);
	assert!(ask.is_sent());
	ask.hear(News::Placed(JobId(8)));
	assert_eq!(ask.open_job(), Some(JobId(8)));
}

#[test]
fn the_pool_cannot_lose_what_is_in_a_block() {
	let mut ask = ask();
	ask.sent();
	ask.hear(News::Placed(JobId(7)));
	ask.hear(News::Failed(CallError::Lost("finality timeout".into())));
	assert_eq!(ask.open_job(), Some(JobId(7)));
}

#[test]
fn somebody_elses_record_under_its_number_is_not_its_own() {
	let mut ask = ask();
	ask.sent();
	ask.hear(News::Placed(JobId(7)));
	ask.see(Some(record(&ask, 7, REFUNDED)), BOB);
	assert!(!ask.is_done(Wait::Placed));
	let mut other = record(&ask, 7, REFUNDED);
	other.task = TaskId([9; 32].into());
	ask.see(Some(other), ALICE);
	assert!(!ask.is_done(Wait::Placed));
	let mut other = record(&ask, 7, REFUNDED);
	other.input = Payload::of(vec![9]);
	ask.see(Some(other), ALICE);
	assert!(!ask.is_done(Wait::Placed));
}

#[test]
fn a_familys_name_may_come_to_mean_another_model_and_a_versions_may_not() {
	for (name, moves) in [("digits", true), ("digits@1", false)] {
		let mut ask = ask_by(&name.parse().unwrap());
		ask.sent();
		ask.hear(News::Placed(JobId(7)));
		let mut moved = record(&ask, 7, REFUNDED);
		(moved.model, moved.task) = (ModelId([9; 32].into()), TaskId([9; 32].into()));
		ask.see(Some(moved), ALICE);
		assert_eq!(ask.is_done(Wait::Placed), moves, "{name}");
	}
}

#[test]
fn a_job_that_stays_missing_counts_as_lost() {
	let mut ask = ask();
	ask.sent();
	ask.hear(News::Placed(JobId(7)));
	for _ in 0..MISSING_PATIENCE {
		ask.see(None, ALICE);
		assert!(!ask.is_done(Wait::Ended));
	}
	ask.see(None, ALICE);
	assert!(ask.is_done(Wait::Ended));
	assert!(ask.result().unwrap_err().contains("job 7"));
}
