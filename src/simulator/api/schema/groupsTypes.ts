/** Generated from the real API server's OpenAPI documents by test/plane/cluster.test.ts. Do not edit. */
export const GROUPS_TYPES = `
AggregationRule 1.clusterRoleSelectors:[LabelSelector]
ClusterRole 3.aggregationRule:AggregationRule apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.rules:[PolicyRule]
ClusterRoleBinding apiVersion:string kind:string 1.metadata:ObjectMeta={} 3.roleRef!:RoleRef={} 2.subjects:[Subject]
Condition 4.lastTransitionTime!:time 6.message!:string="" 3.observedGeneration:int64 5.reason!:string="" 2.status!:string="" 1.type!:string=""
ContainerResourceMetricSource 3.container!:string="" 1.name!:string="" 2.target!:MetricTarget={}
ContainerResourceMetricStatus 3.container!:string="" 2.current!:MetricValueStatus={} 1.name!:string=""
CrossVersionObjectReference 3.apiVersion:string 1.kind!:string="" 2.name!:string=""
CustomResourceColumnDefinition description:string format:string jsonPath!:string="" name!:string="" priority:int32 type!:string=""
CustomResourceConversion strategy!:string="" webhook:WebhookConversion
CustomResourceDefinition apiVersion:string kind:string metadata:ObjectMeta={} spec!:CustomResourceDefinitionSpec={} status:CustomResourceDefinitionStatus={}
CustomResourceDefinitionCondition lastTransitionTime:time message:string observedGeneration:int64 reason:string status!:string="" type!:string=""
CustomResourceDefinitionNames categories:[string] kind!:string="" listKind:string plural!:string="" shortNames:[string] singular:string
CustomResourceDefinitionSpec conversion:CustomResourceConversion group!:string="" names!:CustomResourceDefinitionNames={} preserveUnknownFields:boolean scope!:string="" versions!:[CustomResourceDefinitionVersion]
CustomResourceDefinitionStatus acceptedNames:CustomResourceDefinitionNames={} conditions:[CustomResourceDefinitionCondition]@type observedGeneration:int64 storedVersions:[string]
CustomResourceDefinitionVersion additionalPrinterColumns:[CustomResourceColumnDefinition] deprecated:boolean deprecationWarning:string name!:string="" schema:CustomResourceValidation selectableFields:[SelectableField] served!:boolean=false storage!:boolean=false subresources:CustomResourceSubresources
CustomResourceSubresourceScale labelSelectorPath:string specReplicasPath!:string="" statusReplicasPath!:string=""
CustomResourceSubresources scale:CustomResourceSubresourceScale status:json
CustomResourceValidation openAPIV3Schema:json
DaemonSet apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:DaemonSetSpec={} 3.status:DaemonSetStatus={}
DaemonSetCondition 3.lastTransitionTime:time 5.message:string 4.reason:string 2.status!:string="" 1.type!:string=""
DaemonSetSpec 4.minReadySeconds:int32 6.revisionHistoryLimit:int32 1.selector!:LabelSelector 2.template!:PodTemplateSpec={} 3.updateStrategy:DaemonSetUpdateStrategy={}
DaemonSetStatus 9.collisionCount:int32 10.conditions:[DaemonSetCondition]@type~merge:type 1.currentNumberScheduled!:int32=0 3.desiredNumberScheduled!:int32=0 7.numberAvailable:int32 2.numberMisscheduled!:int32=0 4.numberReady!:int32=0 8.numberUnavailable:int32 5.observedGeneration:int64 6.updatedNumberScheduled:int32
DaemonSetUpdateStrategy 2.rollingUpdate:RollingUpdateDaemonSet 1.type:(OnDelete|RollingUpdate)
DeleteOptions apiVersion:string 5.dryRun:[string] 1.gracePeriodSeconds:int64 6.ignoreStoreReadErrorWithClusterBreakingPotential:boolean kind:string 3.orphanDependents:boolean 2.preconditions:Preconditions 4.propagationPolicy:string
Deployment apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:DeploymentSpec={} 3.status:DeploymentStatus={}
DeploymentCondition 7.lastTransitionTime:time 6.lastUpdateTime:time 5.message:string 4.reason:string 2.status!:string="" 1.type!:string=""
DeploymentSpec 5.minReadySeconds:int32 7.paused:boolean 9.progressDeadlineSeconds:int32 1.replicas:int32 6.revisionHistoryLimit:int32 2.selector!:LabelSelector 4.strategy:DeploymentStrategy~retainKeys={} 3.template!:PodTemplateSpec={}
DeploymentStatus 4.availableReplicas:int32 8.collisionCount:int32 6.conditions:[DeploymentCondition]@type~merge:type 1.observedGeneration:int64 7.readyReplicas:int32 2.replicas:int32 9.terminatingReplicas:int32 5.unavailableReplicas:int32 3.updatedReplicas:int32
DeploymentStrategy 2.rollingUpdate:RollingUpdateDeployment 1.type:(Recreate|RollingUpdate)
DiscoveryEndpointPort# 4.appProtocol:string 1.name:string 3.port:int32 2.protocol:(SCTP|TCP|UDP)
Endpoint 1.addresses!:[string]@ 2.conditions:EndpointConditions={} 5.deprecatedTopology:{string} 8.hints:EndpointHints 3.hostname:string 6.nodeName:string 4.targetRef:ObjectReference 7.zone:string
EndpointConditions 1.ready:boolean 2.serving:boolean 3.terminating:boolean
EndpointHints 2.forNodes:[ForNode] 1.forZones:[ForZone]
EndpointSlice 4.addressType!:(FQDN|IPv4|IPv6)="" apiVersion:string 2.endpoints:[Endpoint] kind:string 1.metadata:ObjectMeta={} 3.ports:[DiscoveryEndpointPort]
EventsEvent 6.action:string apiVersion:string 15.deprecatedCount:int32 13.deprecatedFirstTimestamp:time 14.deprecatedLastTimestamp:time 12.deprecatedSource:EventSource={} 2.eventTime!:micro kind:string 1.metadata:ObjectMeta={} 10.note:string 7.reason:string 8.regarding:ObjectReference={} 9.related:ObjectReference 4.reportingController:string 5.reportingInstance:string 3.series:EventsEventSeries 11.type:string
EventsEventSeries 1.count!:int32=0 2.lastObservedTime!:micro
Eviction apiVersion:string 2.deleteOptions:DeleteOptions kind:string 1.metadata:ObjectMeta={}
ExternalMetricSource 1.metric!:MetricIdentifier={} 2.target!:MetricTarget={}
ExternalMetricStatus 2.current!:MetricValueStatus={} 1.metric!:MetricIdentifier={}
FieldSelectorAttributes 1.rawSelector:string 2.requirements:[FieldSelectorRequirement]
FieldSelectorRequirement 1.key!:string="" 2.operator!:string="" 3.values:[string]
ForNode 1.name!:string=""
ForZone 1.name!:string=""
HPAScalingPolicy 3.periodSeconds!:int32=0 1.type!:string="" 2.value!:int32=0
HPAScalingRules 2.policies:[HPAScalingPolicy] 1.selectPolicy:string 3.stabilizationWindowSeconds:int32 4.tolerance:quantity
HTTPIngressPath 2.backend!:IngressBackend={} 1.path:string 3.pathType!:(Exact|ImplementationSpecific|Prefix)
HTTPIngressRuleValue 1.paths!:[HTTPIngressPath]
HorizontalPodAutoscaler apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec!:HorizontalPodAutoscalerSpec={} 3.status:HorizontalPodAutoscalerStatus={}
HorizontalPodAutoscalerBehavior 2.scaleDown:HPAScalingRules 1.scaleUp:HPAScalingRules
HorizontalPodAutoscalerCondition 3.lastTransitionTime:time 5.message:string 4.reason:string 2.status!:string="" 1.type!:string=""
HorizontalPodAutoscalerSpec 5.behavior:HorizontalPodAutoscalerBehavior 3.maxReplicas!:int32=0 4.metrics:[MetricSpec] 2.minReplicas:int32 1.scaleTargetRef!:CrossVersionObjectReference={}
HorizontalPodAutoscalerStatus 6.conditions:[HorizontalPodAutoscalerCondition]@type~merge:type 5.currentMetrics:[MetricStatus] 3.currentReplicas:int32 4.desiredReplicas!:int32=0 2.lastScaleTime:time 1.observedGeneration:int64
Ingress apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:IngressSpec={} 3.status:IngressStatus={}
IngressBackend 3.resource:TypedLocalObjectReference 4.service:IngressServiceBackend
IngressLoadBalancerIngress 2.hostname:string 1.ip:string 4.ports:[IngressPortStatus]
IngressLoadBalancerStatus 1.ingress:[IngressLoadBalancerIngress]
IngressPortStatus 3.error:string 1.port!:int32=0 2.protocol!:(SCTP|TCP|UDP)=""
IngressRule 1.host:string 2.1.http:HTTPIngressRuleValue
IngressServiceBackend 1.name!:string="" 2.port:ServiceBackendPort={}
IngressSpec 1.defaultBackend:IngressBackend 4.ingressClassName:string 3.rules:[IngressRule] 2.tls:[IngressTLS]
IngressStatus 1.loadBalancer:IngressLoadBalancerStatus={}
IngressTLS 1.hosts:[string] 2.secretName:string
Job apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:JobSpec={} 3.status:JobStatus={}
JobCondition 3.lastProbeTime:time 4.lastTransitionTime:time 6.message:string 5.reason:string 2.status!:string="" 1.type!:string=""
JobSpec 3.activeDeadlineSeconds:int64 7.backoffLimit:int32 12.backoffLimitPerIndex:int32 9.completionMode:(Indexed|NonIndexed) 2.completions:int32 15.managedBy:string 5.manualSelector:boolean 13.maxFailedIndexes:int32 1.parallelism:int32 11.podFailurePolicy:PodFailurePolicy 14.podReplacementPolicy:(Failed|TerminatingOrFailed) 4.selector:LabelSelector 16.successPolicy:SuccessPolicy 10.suspend:boolean 6.template!:PodTemplateSpec={} 8.ttlSecondsAfterFinished:int32
JobStatus 4.active:int32 7.completedIndexes:string 3.completionTime:time 1.conditions:[JobCondition]~merge:type 6.failed:int32 10.failedIndexes:string 9.ready:int32 2.startTime:time 5.succeeded:int32 11.terminating:int32 8.uncountedTerminatedPods:UncountedTerminatedPods
LabelSelector# 2.matchExpressions:[LabelSelectorRequirement] 1.matchLabels:{string}
LabelSelectorAttributes 1.rawSelector:string 2.requirements:[LabelSelectorRequirement]
LabelSelectorRequirement 1.key!:string="" 2.operator!:string="" 3.values:[string]
Lease apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:LeaseSpec={}
LeaseSpec 3.acquireTime:micro 1.holderIdentity:string 2.leaseDurationSeconds:int32 5.leaseTransitions:int32 7.preferredHolder:string 4.renewTime:micro 6.strategy:string
ManagedFieldsEntry 3.apiVersion:string 6.fieldsType:string 7.fieldsV1:json 1.manager:string 2.operation:string 8.subresource:string 4.time:time
MetricIdentifier 1.name!:string="" 2.selector:LabelSelector
MetricSpec 7.containerResource:ContainerResourceMetricSource 5.external:ExternalMetricSource 2.object:ObjectMetricSource 3.pods:PodsMetricSource 4.resource:ResourceMetricSource 1.type!:string=""
MetricStatus 7.containerResource:ContainerResourceMetricStatus 5.external:ExternalMetricStatus 2.object:ObjectMetricStatus 3.pods:PodsMetricStatus 4.resource:ResourceMetricStatus 1.type!:string=""
MetricTarget 4.averageUtilization:int32 3.averageValue:quantity 1.type!:string="" 2.value:quantity
MetricValueStatus 3.averageUtilization:int32 2.averageValue:quantity 1.value:quantity
NonResourceAttributes 1.path:string 2.verb:string
ObjectMeta 12.annotations:{string} 8.creationTimestamp:time 10.deletionGracePeriodSeconds:int64 9.deletionTimestamp:time 14.finalizers:[string]@~merge 2.generateName:string 7.generation:int64 11.labels:{string} 17.managedFields:[ManagedFieldsEntry] 1.name:string 3.namespace:string 13.ownerReferences:[OwnerReference]@uid~merge:uid 6.resourceVersion:string 4.selfLink:string 5.uid:string
ObjectMetricSource 1.describedObject!:CrossVersionObjectReference={} 3.metric!:MetricIdentifier={} 2.target!:MetricTarget={}
ObjectMetricStatus 2.current!:MetricValueStatus={} 3.describedObject!:CrossVersionObjectReference={} 1.metric!:MetricIdentifier={}
OwnerReference# 5.apiVersion!:string="" 7.blockOwnerDeletion:boolean 6.controller:boolean 1.kind!:string="" 3.name!:string="" 4.uid!:string=""
PodDisruptionBudget apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:PodDisruptionBudgetSpec={} 3.status:PodDisruptionBudgetStatus={}
PodDisruptionBudgetSpec 3.maxUnavailable:intOrString 1.minAvailable:intOrString 2.selector:LabelSelector~replace 4.unhealthyPodEvictionPolicy:(AlwaysAllow|IfHealthyBudget)
PodDisruptionBudgetStatus 7.conditions:[Condition]@type~merge:type 4.currentHealthy:int32=0 5.desiredHealthy:int32=0 2.disruptedPods:{time} 3.disruptionsAllowed:int32=0 6.expectedPods:int32=0 1.observedGeneration:int64
PodFailurePolicy 1.rules!:[PodFailurePolicyRule]
PodFailurePolicyOnExitCodesRequirement 1.containerName:string 2.operator!:(In|NotIn)="" 3.values!:[int32]@
PodFailurePolicyOnPodConditionsPattern 2.status:string="" 1.type!:string=""
PodFailurePolicyRule 1.action!:(Count|FailIndex|FailJob|Ignore)="" 2.onExitCodes:PodFailurePolicyOnExitCodesRequirement 3.onPodConditions:[PodFailurePolicyOnPodConditionsPattern]
PodsMetricSource 1.metric!:MetricIdentifier={} 2.target!:MetricTarget={}
PodsMetricStatus 2.current!:MetricValueStatus={} 1.metric!:MetricIdentifier={}
PolicyRule 2.apiGroups:[string] 5.nonResourceURLs:[string] 4.resourceNames:[string] 3.resources:[string] 1.verbs!:[string]
Preconditions 2.resourceVersion:string 1.uid:string
ReplicaSet apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:ReplicaSetSpec={} 3.status:ReplicaSetStatus={}
ReplicaSetCondition 3.lastTransitionTime:time 5.message:string 4.reason:string 2.status!:string="" 1.type!:string=""
ReplicaSetSpec 4.minReadySeconds:int32 1.replicas:int32 2.selector!:LabelSelector 3.template:PodTemplateSpec={}
ReplicaSetStatus 5.availableReplicas:int32 6.conditions:[ReplicaSetCondition]@type~merge:type 2.fullyLabeledReplicas:int32 3.observedGeneration:int64 4.readyReplicas:int32 1.replicas!:int32=0 7.terminatingReplicas:int32
ResourceAttributes 8.fieldSelector:FieldSelectorAttributes 3.group:string 9.labelSelector:LabelSelectorAttributes 7.name:string 1.namespace:string 5.resource:string 6.subresource:string 2.verb:string 4.version:string
ResourceMetricSource 1.name!:string="" 2.target!:MetricTarget={}
ResourceMetricStatus 2.current!:MetricValueStatus={} 1.name!:string=""
Role apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.rules:[PolicyRule]
RoleBinding apiVersion:string kind:string 1.metadata:ObjectMeta={} 3.roleRef!:RoleRef={} 2.subjects:[Subject]
RoleRef# 1.apiGroup:string="" 2.kind!:string="" 3.name!:string=""
RollingUpdateDaemonSet 2.maxSurge:intOrString 1.maxUnavailable:intOrString
RollingUpdateDeployment 2.maxSurge:intOrString 1.maxUnavailable:intOrString
Scale apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:ScaleSpec={} 3.status:ScaleStatus={}
ScaleSpec 1.replicas:int32=0
ScaleStatus 1.replicas!:int32=0 2.selector:string
SelectableField jsonPath!:string=""
SelfSubjectAccessReview apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec!:SelfSubjectAccessReviewSpec={} 3.status:SubjectAccessReviewStatus={}
SelfSubjectAccessReviewSpec 2.nonResourceAttributes:NonResourceAttributes 1.resourceAttributes:ResourceAttributes
ServiceBackendPort# 1.name:string 2.number:int32
ServiceReference name!:string="" namespace!:string="" path:string port:int32
Subject# 2.apiGroup:string 1.kind!:string="" 3.name!:string="" 4.namespace:string
SubjectAccessReviewStatus 1.allowed!:boolean=false 4.denied:boolean 3.evaluationError:string 2.reason:string
SuccessPolicy 1.rules!:[SuccessPolicyRule]
SuccessPolicyRule 2.succeededCount:int32 1.succeededIndexes:string
UncountedTerminatedPods 2.failed:[string]@ 1.succeeded:[string]@
V1CrossVersionObjectReference# 3.apiVersion:string 1.kind!:string="" 2.name!:string=""
V1HorizontalPodAutoscaler apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec!:V1HorizontalPodAutoscalerSpec={} 3.status:V1HorizontalPodAutoscalerStatus={}
V1HorizontalPodAutoscalerSpec 3.maxReplicas!:int32=0 2.minReplicas:int32 1.scaleTargetRef!:V1CrossVersionObjectReference={} 4.targetCPUUtilizationPercentage:int32
V1HorizontalPodAutoscalerStatus 5.currentCPUUtilizationPercentage:int32 3.currentReplicas!:int32=0 4.desiredReplicas!:int32=0 2.lastScaleTime:time 1.observedGeneration:int64
WebhookClientConfig caBundle:byte service:ServiceReference url:string
WebhookConversion clientConfig:WebhookClientConfig conversionReviewVersions!:[string]
`;
