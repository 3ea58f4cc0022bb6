//! Kubernetes' own kinds.

use super::{accepted, report, said};

#[test]
fn a_field_that_stands_too_deep_is_told_where_it_belongs() {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a,
        securityContext: {ports: [{containerPort: 80}]}}], replicas: 2, image: b}}";
    assert_eq!(
        said(pod),
        [
            "spec.containers[0].securityContext.ports: `securityContext` has no field `ports` \
             [it is a field of `containers`: indent it less]",
            "spec.replicas: `spec` has no field `replicas`",
            "spec.image: `spec` has no field `image`",
        ]
    );
}

#[test]
fn names_of_fields_are_held_to_their_case() {
    assert_eq!(
        said("{apiVersion: v1, kind: ConfigMap, metadata: {Name: a, name: a}, Data: {}}"),
        [
            "metadata.Name: `metadata` has no field `Name` [did you mean `name`?]",
            "Data: a ConfigMap has no field `Data` [did you mean `data`?]",
        ]
    );
}

#[test]
fn what_an_absent_struct_needs_is_asked_for_once() {
    assert_eq!(
        said("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}"),
        ["spec: a Deployment has no `spec`, which is required"]
    );
    assert_eq!(
        said(
            "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: null}}}"
        ),
        ["spec.template.spec: `template` has no `spec`, which is required"]
    );
    // Of these, everything may be left out.
    accepted("{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: a}}");
    accepted("{apiVersion: v1, kind: Namespace, metadata: {name: a}}");
}

#[test]
fn zero_values_that_the_api_server_takes_may_be_left_out() {
    accepted(
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, lifecycle:
            {preStop: {sleep: {}}, postStart: {httpGet: {port: 80, httpHeaders: [{name: X-A}]}}}}]}}",
    );
    accepted("{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {}}");
    accepted(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a},
            roleRef: {kind: Role, name: a}}",
    );
}

#[test]
fn what_is_empty_is_as_good_as_absent() {
    assert_eq!(
        said(
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [null, {name: '', ports: [], args: [null]}],
              volumes: [], initContainers: []}}"
        ),
        [
            "spec.containers[0]: an item of `containers` is null, not a map",
            "spec.containers[1].name: `name` is empty, which is as good as absent, and required",
        ]
    );
    assert_eq!(
        said("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: []}}"),
        ["spec.containers: `containers` is empty, which is as good as absent, and required"]
    );
    assert_eq!(
        said("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 0}]}}"),
        ["spec.ports[0].port: `port` is `0`, which is as good as absent, and required"]
    );
}

#[test]
fn what_only_validation_asks_for_is_asked_for() {
    let policy = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {},
        ingress: [{from: [{}, {podSelector: {}}]}]}}";
    assert_eq!(
        said(policy),
        [
            "spec.ingress[0].from[0].podSelector: an item of `from` names no peer: it needs a `podSelector`, \
          a `namespaceSelector` or an `ipBlock`"
        ]
    );
    let role = "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a},
        rules: [{resources: [pods], verbs: [get]}, {apiGroups: [''], verbs: [get]}, {nonResourceURLs: [/a], verbs: [get]}]}";
    assert_eq!(
        said(role),
        [
            "rules[0].apiGroups: an item of `rules` has no `apiGroups`, which a rule about resources needs \
             [write `apiGroups: [\"\"]` for the core group]",
            "rules[1].resources: an item of `rules` has no `resources` and no `nonResourceURLs`",
        ]
    );
    let claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {cpu: 1}}}}";
    assert_eq!(
        said(claim),
        [
            "spec.accessModes: `spec` has no `accessModes`, which is required",
            "spec.resources.requests.storage: `spec` asks for no `storage`, which is required",
        ]
    );
    let ingress = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {defaultBackend: {service: {name: a}}}}";
    assert_eq!(
        said(ingress),
        [
            "spec.defaultBackend.service.port.number: `service` has no `port` with a `name` or a `number`"
        ]
    );
}

#[test]
fn numbers_fit_into_their_bits() {
    let set = |replicas: &str| {
        said(&format!(
            "{{apiVersion: autoscaling/v1, kind: Scale, metadata: {{name: a}}, spec: {{replicas: {replicas}}}}}"
        ))
    };
    assert_eq!(set("2147483647"), Vec::<String>::new());
    assert_eq!(set("1e3"), Vec::<String>::new());
    assert_eq!(set("0o17"), Vec::<String>::new());
    assert_eq!(
        set("2147483648"),
        ["spec.replicas: `replicas` is `2147483648`, which is more than 32 bits hold"]
    );
    assert_eq!(
        set("1.5"),
        ["spec.replicas: `replicas` is a number (`1.5`), not a whole number"]
    );
    assert_eq!(
        set(".nan"),
        ["spec.replicas: `replicas` is a number (`.nan`), not a whole number"]
    );
}

#[test]
fn ports_and_shares_are_numbers_or_text() {
    let set = |surge: &str| {
        said(&format!(
            "{{apiVersion: apps/v1, kind: DaemonSet, metadata: {{name: a}}, spec: {{template: {{spec: {{containers: [{{name: a}}]}}}},
               updateStrategy: {{rollingUpdate: {{maxSurge: {surge}}}}}}}}}"
        ))
    };
    for fine in ["1", "25%", "\"1\"", "null", "'${SURGE}'"] {
        assert_eq!(set(fine), Vec::<String>::new(), "{fine}");
    }
    for wrong in ["true", "[1]", "{a: b}", "0.5"] {
        assert_eq!(set(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn quantities_times_and_base64_have_their_forms() {
    assert_eq!(
        said(
            "{apiVersion: v1, kind: PersistentVolume, metadata: {name: a, creationTimestamp: yesterday},
              spec: {csi: {driver: a, volumeHandle: b}}}"
        ),
        ["metadata.creationTimestamp: `creationTimestamp` is `yesterday`, which is no time \
          [write it as `2026-01-31T08:00:00Z`]"]
    );
    assert_eq!(
        said(
            "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 3,
              scaleTargetRef: {kind: Deployment, name: a}, metrics: [{type: Resource, resource: {name: cpu,
              target: {type: AverageValue, averageValue: 10 m}}}]}}"
        ),
        ["spec.metrics[0].resource.target.averageValue: `averageValue` is `10 m`, which is no quantity"]
    );
    assert_eq!(
        said(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, binaryData: {a: 'Zg==', b: Zg}}"
        ),
        ["binaryData.b: `b` is `Zg`, which is no base64"]
    );
    accepted("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: [104, 105], b: []}}");
}

#[test]
fn a_secret_is_not_repeated() {
    let secret = "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: hunter2}, stringData: {b: 1234, c: [x]},
        type: 7, immutable: verysecret}";
    let all = said(secret).join("\n");
    assert_eq!(said(secret).len(), 5, "{all}");
    for held in ["hunter2", "1234", "verysecret"] {
        assert!(!all.contains(held), "{all}");
    }
}

#[test]
fn an_encrypted_file_is_read_as_what_it_will_be() {
    accepted(
        "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: 'ENC[AES256_GCM,data:x,type:str]'},
            sops: {mac: x, version: 3.8.1}}",
    );
    assert_eq!(
        said("{apiVersion: v1, kind: Secret, metadata: {name: a}, sops: none}"),
        ["sops: a Secret has no field `sops`"]
    );
}

#[test]
fn what_controllers_write_is_theirs() {
    accepted(
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}, status: {loadBalancer: {ingress: [{ports: [{}]}]},
            conditions: [{}]}}",
    );
    assert_eq!(
        said(
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}, status: {balancer: 1, conditions: true}}"
        ),
        [
            "status.balancer: `status` has no field `balancer`",
            "status.conditions: `conditions` is a boolean, not a list",
        ]
        .map(|line| line.replace("a boolean,", "a boolean (`true`),"))
    );
}

#[test]
fn items_of_a_list_are_objects() {
    let list = "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {typ: a}}]}";
    assert_eq!(
        said(list),
        ["spec.typ: `spec` has no field `typ` [did you mean `type`?]"]
    );
}

#[test]
fn versions_that_are_gone_are_left_to_their_rule() {
    accepted(
        "{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: a}, spec: {rollbackTo: {}}}",
    );
    accepted("{apiVersion: apps/v1, kind: Deploymnet, metadata: {name: a}, spec: {a: b}}");
}

#[test]
fn pod_templates_of_others_have_the_types_of_ours_and_fields_of_their_own() {
    assert_eq!(
        said(
            "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a, lables: {}}, spec: {template: {spec:
              {containerConcurrency: 5, containers: [{image: a, env: [{name: A, value: 1}]}]}}}}"
        ),
        [
            "metadata.lables: `metadata` has no field `lables` [did you mean `labels`?]",
            "spec.template.spec.containers[0].env[0].value: `value` is a number (`1`), not a string \
             [write it in quotes: `\"1\"`]",
        ]
    );
}

#[test]
fn objects_without_a_schema_are_counted() {
    let counts = report(
        "{apiVersion: example.com/v1, kind: Pond, metadata: {name: a, tags: [a]}}
---
{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
    )
    .counts;
    assert_eq!((counts.resources, counts.without_schema), (3, 2));
}
