//! Fifteen years of certificates: at every moment whatever a replica shows is accepted by what the API server trusts,
//! though replicas and API servers learn of every change late, and one replica is away now and then.

use plimsoll_webhook::certificates::{
    Names, Published, Report, Seen, Step, Stored, accepts, digest, next,
};

const DAY: i64 = 86_400;
const START: i64 = 1_800_000_000;

fn names() -> Names {
    Names {
        namespace: "plimsoll".into(),
        service: "plimsoll-webhook".into(),
        configuration: "plimsoll-webhook".into(),
        replica: "a".into(),
    }
}

/// A cluster in which everything is known late.
struct World {
    now: i64,
    stored: Option<Stored>,
    published: Vec<u8>,
    /// What the slowest API server trusts.
    trusted: Vec<u8>,
    /// What each replica shows, which bundle it sees, and since when.
    replicas: Vec<(Stored, Vec<u8>, i64)>,
    reports: Vec<Report>,
    steps: Vec<Step>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            now: START,
            stored: None,
            published: Vec::new(),
            trusted: Vec::new(),
            replicas: Vec::new(),
            reports: Vec::new(),
            steps: Vec::new(),
        };
        world.settle();
        world.steps.clear();
        world
    }

    fn seen(&self) -> Seen {
        Seen {
            published: Published::Bundle(self.published.clone()),
            reports: self.reports.clone(),
        }
    }

    /// One step, with nobody knowing of it yet.
    fn step(&mut self) -> Step {
        let step = next(self.stored.as_ref(), &self.seen(), &names(), self.now);
        match step {
            Step::Rest { .. } => return step,
            Step::Publish => self.published = self.stored.as_ref().unwrap().bundle().into(),
            Step::Begin => {
                let after = Stored::begin(&names(), self.now, &self.published).unwrap();
                self.stored = Some(after);
            }
            _ => {
                let after = Stored::after(self.stored.as_ref(), step, &names(), self.now).unwrap();
                self.stored = Some(after);
            }
        }
        self.steps.push(step);
        step
    }

    /// All there is to do, and everybody knows.
    fn settle(&mut self) {
        for _ in 0..6 {
            self.step();
        }
        self.tell(2);
    }

    /// The first replicas read everything.
    fn tell(&mut self, replicas: usize) {
        self.trusted.clone_from(&self.published);
        let stored = self.stored.clone().unwrap();
        self.replicas.resize(2, (stored.clone(), Vec::new(), 0));
        for (at, replica) in self.replicas.iter_mut().enumerate().take(replicas) {
            replica.0 = stored.clone();
            if replica.1 != self.published {
                (replica.1, replica.2) = (self.published.clone(), self.now);
            }
            let name = format!("replica-{at}");
            self.reports.retain(|report| report.replica != name);
            if stored.next.is_some() {
                self.reports.push(Report {
                    replica: name,
                    bundle: digest(&replica.1),
                    since: replica.2,
                    at: self.now,
                });
            }
        }
    }

    fn check(&self) {
        for (stored, ..) in &self.replicas {
            let chain = stored.leaf.certificate.as_bytes();
            for name in names().dns() {
                let accepted = accepts(&self.trusted, chain, &name, self.now);
                let day = (self.now - START) / DAY;
                assert_eq!(accepted, Ok(()), "day {day} {:?}", self.steps.last());
            }
        }
    }
}

#[test]
fn no_call_meets_a_certificate_that_is_not_accepted_in_fifteen_years() {
    let mut world = World::new();
    let (mut promoted, mut renewed) = (0, 0);
    let end = START + 15 * 365 * DAY;
    let mut looks = 0_i64;
    while world.now < end {
        // Moments while something happens, days otherwise.
        let step = world.step();
        let busy =
            !matches!(step, Step::Rest { .. }) || world.stored.as_ref().unwrap().next.is_some();
        // Nobody knows of the step yet.
        world.check();
        promoted += i32::from(step == Step::Promote);
        renewed += i32::from(step == Step::Renew);
        looks += 1;
        // One of the two replicas misses every third look.
        world.tell(if looks % 3 == 0 { 1 } else { 2 });
        world.check();
        world.now += if busy { 20 } else { 4 * DAY };
    }
    assert_eq!(
        promoted, 2,
        "an authority holds for ten years, and is changed at two thirds"
    );
    assert!((80..=100).contains(&renewed), "{renewed}");
    let drops = world
        .steps
        .iter()
        .filter(|step| **step == Step::Drop)
        .count();
    assert_eq!(drops, 2);
}

#[test]
fn the_leaf_is_renewed_at_two_thirds_of_its_time_by_the_same_authority() {
    let mut world = World::new();
    let authority = world.stored.clone().unwrap().authority;
    let leaf = world.stored.clone().unwrap().leaf;
    assert_eq!((leaf.to - leaf.from) / DAY, 90);
    assert_eq!((authority.to - authority.from) / DAY, 3650);
    world.now = START + 59 * DAY;
    assert!(matches!(world.step(), Step::Rest { .. }));
    world.now = START + 60 * DAY;
    assert_eq!(world.step(), Step::Renew);
    let after = world.stored.clone().unwrap();
    assert_eq!(after.authority, authority);
    assert_ne!(after.leaf.key, leaf.key);
    let rest = world.step();
    assert!(
        matches!(rest, Step::Rest { until } if (59..=60).contains(&((until - world.now) / DAY)))
    );
}

/// A cluster that was switched off for a year, and for eleven.
#[test]
fn what_has_expired_is_made_anew_at_once() {
    let mut world = World::new();
    let authority = world.stored.clone().unwrap().authority;
    world.now = START + 365 * DAY;
    assert_eq!(world.step(), Step::Renew);
    world.tell(2);
    world.check();
    assert_eq!(world.stored.clone().unwrap().authority, authority);
    world.now = START + 11 * 365 * DAY;
    assert_eq!(world.step(), Step::Begin);
    assert_eq!(world.step(), Step::Publish);
    world.tell(2);
    world.check();
    assert_ne!(world.stored.clone().unwrap().authority, authority);
}

/// Whether somebody has deleted the Secret, or it holds nothing that can be used.
#[test]
fn what_is_lost_is_made_anew_and_what_is_still_shown_stays_accepted_for_an_hour() {
    let mut world = World::new();
    let others = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
    let others = others.cert.pem();
    world.published.extend(others.as_bytes());
    let lost = world.stored.take().unwrap();
    assert_eq!(world.step(), Step::Begin);
    assert_eq!(world.step(), Step::Publish);
    // The API server has heard of it, and no replica shows it yet.
    world.trusted.clone_from(&world.published);
    world.check();
    world.tell(1);
    world.check();
    let bundle = String::from_utf8(world.published.clone()).unwrap();
    assert!(bundle.starts_with(&lost.authority.certificate));
    assert!(!bundle.contains(&others), "nobody else is trusted longer");
    world.tell(2);
    world.now += 3599;
    assert!(matches!(world.step(), Step::Rest { .. }));
    world.now += 1;
    assert_eq!(world.step(), Step::Drop);
    assert_eq!(world.step(), Step::Publish);
    world.tell(2);
    world.check();
    let bundle = String::from_utf8(world.published.clone()).unwrap();
    assert_eq!(bundle, world.stored.unwrap().authority.certificate);
}

#[test]
fn a_new_authority_issues_nothing_before_every_replica_has_seen_it_for_a_minute() {
    let mut world = World::new();
    world.now = START + 2434 * DAY;
    assert_eq!(world.step(), Step::Renew);
    assert_eq!(world.step(), Step::Introduce);
    assert_eq!(world.step(), Step::Publish);
    assert!(
        matches!(world.step(), Step::Rest { .. }),
        "nobody has said anything"
    );
    world.tell(2);
    // One replica sees the bundle of before, and goes on saying so.
    world.reports[1].bundle = "of before".into();
    world.now += 100;
    world
        .reports
        .iter_mut()
        .for_each(|report| report.at = world.now);
    assert!(matches!(world.step(), Step::Rest { .. }));
    // It is gone: after a while nobody waits for it.
    world.now += 200;
    world.reports[0].at = world.now;
    assert_eq!(world.step(), Step::Promote);
    let after = world.stored.clone().unwrap();
    assert!(after.old.is_some() && after.next.is_none());
    assert!(
        matches!(world.step(), Step::Rest { .. }),
        "both are trusted already"
    );
    let until = after.old.unwrap().until;
    world.now = until - 1;
    while !matches!(world.step(), Step::Rest { .. }) {}
    assert!(world.stored.clone().unwrap().old.is_some());
    world.now = until;
    assert_eq!(world.step(), Step::Drop);
    assert_eq!(world.step(), Step::Publish);
}

#[test]
fn a_bundle_that_cannot_be_written_stops_no_renewal() {
    let mut world = World::new();
    world.published = b"somebody else's".to_vec();
    assert_eq!(world.step(), Step::Publish);
    world.published = b"somebody else's".to_vec();
    world.now = START + 61 * DAY;
    assert_eq!(world.step(), Step::Renew);
    world.now = START + 2434 * DAY;
    assert_eq!(world.step(), Step::Renew);
    assert_eq!(
        world.step(),
        Step::Publish,
        "and no other authority before it is written"
    );
}

#[test]
fn a_leaf_for_another_name_is_issued_again() {
    let world = World::new();
    let other = Names {
        service: "other".into(),
        ..names()
    };
    assert_eq!(
        next(world.stored.as_ref(), &world.seen(), &other, world.now),
        Step::Renew
    );
}

#[test]
fn what_is_stored_is_read_as_it_was_and_what_is_damaged_is_named() {
    let mut world = World::new();
    world.now = START + 2434 * DAY;
    while !matches!(world.step(), Step::Rest { .. }) {}
    let stored = world.stored.clone().unwrap();
    let data = stored.data();
    assert_eq!(Stored::read(&data).unwrap(), stored);
    let keys = ["tls.crt", "tls.key", "ca.crt", "ca.key", "ca-next.key"];
    for key in keys {
        let mut missing = data.clone();
        missing.remove(key);
        assert_eq!(
            Stored::read(&missing).unwrap_err(),
            format!("{key} is missing")
        );
        let mut damaged = data.clone();
        damaged.get_mut(key).unwrap().0.truncate(40);
        let fault = Stored::read(&damaged).unwrap_err();
        assert!(fault.starts_with(key), "{fault}");
    }
}
