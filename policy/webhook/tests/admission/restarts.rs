//! Changes under a load, with `failurePolicy: Fail`, that nobody may notice.

use crate::support::authority::{Authority, HERE};
use crate::support::balancer::Balancer;
use crate::support::hook::{Site, YEAR, url};
use crate::support::load::Load;
use crate::support::objects::privileged;
use crate::support::registered::Registered;
use crate::support::stranger::Stranger;
use crate::support::{Namespace, Place};

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_certificate_of_another_authority_takes_over_without_a_failure() {
    let Some(mut place) = Place::new("rotation") else {
        return;
    };
    let load = Load::start(&place.namespace);
    let port = place.hook.port;
    let old = place.site.authority.pem();
    let new = Authority::new();
    // Connections to another address tell that the API server has taken the change.
    let first = Balancer::start(&[port]);
    place
        .registered
        .point(&url(first.port), &(old + &new.pem()));
    cluster::eventually("both authorities are trusted", || first.opened() > 0);
    load.goes_on(200);
    place.site.show(&new.certify(HERE, YEAR));
    cluster::eventually("the new certificate is shown", || {
        Stranger::connect(port, &new).is_ok()
    });
    load.goes_on(200);
    let second = Balancer::start(&[port]);
    place.registered.point(&url(second.port), &new.pem());
    cluster::eventually("the new authority alone is trusted", || second.opened() > 0);
    load.goes_on(200);
    assert!(Stranger::connect(port, &place.site.authority).is_err());
    load.had_no_failure();
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn two_webhooks_are_restarted_one_after_the_other_without_a_failure() {
    let Some(namespace) = Namespace::new("restart") else {
        return;
    };
    let site = Site::new();
    let arguments = ["--drain-seconds", "4"];
    let mut hooks = [site.start(&arguments), site.start(&arguments)];
    let service = Balancer::start(&hooks.each_ref().map(|hook| hook.port));
    let authority = site.authority.pem();
    let _registered = Registered::new(&namespace, &url(service.port), &authority);
    namespace.wait_until_asked();
    let load = Load::start(&namespace);
    for turn in 0..4 {
        let (going, other) = (turn % 2, (turn + 1) % 2);
        hooks[going].signal("-TERM");
        hooks[going].wait("unready", |hook| !hook.is_ready());
        // Endpoints are forgotten a while after that.
        load.goes_on(50);
        service.set(&[hooks[other].port]);
        let gone = std::mem::replace(&mut hooks[going], site.start(&arguments));
        gone.goes();
        // The one that was started a turn ago.
        assert!(hooks[other].reached("decision=\"deny\"") > 0);
        service.set(&hooks.each_ref().map(|hook| hook.port));
        load.goes_on(100);
    }
    load.had_no_failure();
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn an_edit_of_the_configuration_holds_without_a_restart() {
    let Some(place) = Place::new("edit") else {
        return;
    };
    let Place {
        site,
        hook,
        namespace,
        ..
    } = &place;
    let object = privileged("Deployment", "web");
    namespace.create(&object).fails();
    site.configure("rules:\n  container-privileged: off\n");
    cluster::eventually("it is let in", || namespace.dry_run(&object).code == 0);
    site.configure("rules:\n  container-privilegd: error\n");
    hook.wait("refused", |hook| hook.logged("the last good one stays"));
    namespace.create(&object).succeeds();
    site.configure("");
    cluster::eventually("it is refused again", || {
        namespace.dry_run(&object).code == 1
    });
}
