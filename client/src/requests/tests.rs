//! A request's stages, without a network.

use super::{
	request::{JobInput, Request, TxEvent, MAX_TRIES, MISSING_TIMEOUT},
	Wait,
};
use crate::{
	chain::{JobInfo, JobStatus},
	fixtures::{self, ALICE, BOB},
	refusal::Refusal,
	tx::TxError,
};
use assay_primitives::{api, Answer, FaultCode, JobId, ModelId, ModelRef, Outcome, Payload, TaskId};

fn request() -> Request {
	request_by(&ModelId::default().into())
}

fn request_by(name: &ModelRef) -> Request {
	let input = JobInput {
		items: 1,
		input: Payload::of(vec![0]),
		max_fee: 1,
	};
	Request::new(name, &fixtures::model(api::ModelStatus::Open), input)
}

fn record(request: &Request, job: u64, status: JobStatus) -> JobInfo {
	JobInfo {
		id: JobId(job),
		task: request.task.unwrap_or_default(),
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

fn refusal(name: &str) -> TxEvent {
	TxEvent::Failed(TxError::Refused(Refusal {
		name: name.into(),
		doc: String::new(),
		hint: "",
	}))
}

#[test]
fn a_request_waits_is_sent_is_placed_and_ends() {
	let mut request = request();
	assert!(request.is_waiting() && !request.is_in_progress());
	request.on_sent();
	assert!(request.is_sent() && request.is_in_progress());
	request.on_event(TxEvent::Placed(JobId(7)));
	assert_eq!(request.open_job(), Some(JobId(7)));
	assert!(
		!request.is_done(Wait::Placed),
		"a job is placed once its record is seen"
	);
	request.on_record(Some(record(&request, 7, CLAIMING)), ALICE);
	assert!(request.is_done(Wait::Placed) && !request.is_done(Wait::Ended) && request.is_in_progress());
	request.on_record(Some(record(&request, 7, REFUNDED)), ALICE);
	assert!(request.is_done(Wait::Ended) && !request.is_in_progress());
	assert_eq!(request.open_job(), None);
	assert_eq!(request.into_result().unwrap().job.status, REFUNDED);
}

#[test]
fn a_provisional_answer_is_enough_unless_the_end_is_waited_for() {
	let mut request = request();
	request.on_sent();
	request.on_event(TxEvent::Placed(JobId(7)));
	request.on_record(Some(record(&request, 7, CLAIMING)), ALICE);
	assert!(!request.is_done(Wait::Provisional));
	request.on_record(Some(record(&request, 7, provisional(5))), ALICE);
	assert!(request.is_done(Wait::Provisional) && !request.is_done(Wait::Ended) && request.is_in_progress());
	request.on_record(Some(record(&request, 7, JobStatus::Disputed { since: 6 })), ALICE);
	assert!(
		!request.is_done(Wait::Provisional),
		"a disputed answer may be a wrong one"
	);
	request.on_record(Some(record(&request, 7, REFUNDED)), ALICE);
	assert_eq!(request.into_result().unwrap().provisional_at, Some(5));
}

#[test]
fn the_stages_of_a_job_have_an_order() {
	let mut request = request();
	let mut stages = vec![request.stage_name()];
	request.on_sent();
	stages.push(request.stage_name());
	request.on_event(TxEvent::Placed(JobId(7)));
	stages.push(request.stage_name());
	for status in [
		CLAIMING,
		JobStatus::Drawing { since: 2 },
		JobStatus::Checking { deadline: 9 },
		JobStatus::Revealing { deadline: 9 },
		provisional(5),
		JobStatus::Disputed { since: 6 },
		REFUNDED,
	] {
		request.on_record(Some(record(&request, 7, status)), ALICE);
		assert_eq!(request.record().unwrap().id, JobId(7));
		stages.push(request.stage_name());
	}
	assert!(stages.windows(2).all(|pair| pair[0].0 < pair[1].0), "{stages:?}");
}

#[test]
fn a_request_that_lost_its_slot_is_sent_again_a_limited_number_of_times() {
	let mut request = request();
	for _ in 1..MAX_TRIES {
		request.on_sent();
		request.on_event(refusal("Jobs::NoFreeSlot"));
		assert!(request.is_waiting());
	}
	request.on_sent();
	request.on_event(refusal("Jobs::NoFreeSlot"));
	assert!(request.is_done(Wait::Ended) && request.into_result().is_err());
}

#[test]
fn any_other_refusal_is_final() {
	let mut request = request();
	request.on_sent();
	request.on_event(refusal("Jobs::MaxFeeExceeded"));
	assert!(request.into_result().unwrap_err().contains("Jobs::MaxFeeExceeded"));
}

#[test]
fn a_reorganisation_moves_a_request_to_another_job() {
	let mut request = request();
	request.on_sent();
	request.on_event(TxEvent::Placed(JobId(7)));
	request.on_record(Some(record(&request, 7, REFUNDED)), ALICE);
	request.on_event(TxEvent::Placed(JobId(7)));
	assert!(request.is_done(Wait::Ended), "the same event again changes nothing");
	request.on_event(TxEvent::Retracted);
	assert!(request.is_sent());
	request.on_event(TxEvent::Placed(JobId(8)));
	assert_eq!(request.open_job(), Some(JobId(8)));
}

#[test]
fn the_pool_cannot_lose_what_is_in_a_block() {
	let mut request = request();
	request.on_sent();
	request.on_event(TxEvent::Placed(JobId(7)));
	request.on_event(TxEvent::Failed(TxError::Lost("finality timeout".into())));
	assert_eq!(request.open_job(), Some(JobId(7)));
}

#[test]
fn the_record_of_another_job_under_its_number_is_ignored() {
	let mut request = request();
	request.on_sent();
	request.on_event(TxEvent::Placed(JobId(7)));
	request.on_record(Some(record(&request, 7, REFUNDED)), BOB);
	assert!(!request.is_done(Wait::Placed));
	let mut other = record(&request, 7, REFUNDED);
	other.task = TaskId([9; 32].into());
	request.on_record(Some(other), ALICE);
	assert!(!request.is_done(Wait::Placed));
	let mut other = record(&request, 7, REFUNDED);
	other.input = Payload::of(vec![9]);
	request.on_record(Some(other), ALICE);
	assert!(!request.is_done(Wait::Placed));
}

#[test]
fn a_familys_name_may_move_to_another_model_and_a_versions_may_not() {
	for (name, moves) in [("digits", true), ("digits@1", false)] {
		let mut request = request_by(&name.parse().unwrap());
		request.on_sent();
		request.on_event(TxEvent::Placed(JobId(7)));
		let mut moved = record(&request, 7, REFUNDED);
		(moved.model, moved.task) = (ModelId([9; 32].into()), TaskId([9; 32].into()));
		request.on_record(Some(moved), ALICE);
		assert_eq!(request.is_done(Wait::Placed), moves, "{name}");
	}
}

#[test]
fn a_job_that_stays_missing_counts_as_lost() {
	let mut request = request();
	request.on_sent();
	request.on_event(TxEvent::Placed(JobId(7)));
	for _ in 0..MISSING_TIMEOUT {
		request.on_record(None, ALICE);
		assert!(!request.is_done(Wait::Ended));
	}
	request.on_record(None, ALICE);
	assert!(request.is_done(Wait::Ended));
	assert!(request.into_result().unwrap_err().contains("job 7"));
}
