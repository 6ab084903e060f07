/** Generated from the real API server's OpenAPI documents by test/plane/cluster.test.ts. Do not edit. */
export const GROUPS_TYPES = `
AggregationRule clusterRoleSelectors:[LabelSelector]
ClusterRole aggregationRule:AggregationRule apiVersion:string kind:string metadata:ObjectMeta={} rules:[PolicyRule]
ClusterRoleBinding apiVersion:string kind:string metadata:ObjectMeta={} roleRef!:RoleRef={} subjects:[Subject]
Condition lastTransitionTime!:time message!:string="" observedGeneration:int64 reason!:string="" status!:string="" type!:string=""
ContainerResourceMetricSource container!:string="" name!:string="" target!:MetricTarget={}
ContainerResourceMetricStatus container!:string="" current!:MetricValueStatus={} name!:string=""
CrossVersionObjectReference apiVersion:string kind!:string="" name!:string=""
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
DaemonSet apiVersion:string kind:string metadata:ObjectMeta={} spec:DaemonSetSpec={} status:DaemonSetStatus={}
DaemonSetCondition lastTransitionTime:time message:string reason:string status!:string="" type!:string=""
DaemonSetSpec minReadySeconds:int32 revisionHistoryLimit:int32 selector!:LabelSelector template!:PodTemplateSpec={} updateStrategy:DaemonSetUpdateStrategy={}
DaemonSetStatus collisionCount:int32 conditions:[DaemonSetCondition]@type~merge:type currentNumberScheduled!:int32=0 desiredNumberScheduled!:int32=0 numberAvailable:int32 numberMisscheduled!:int32=0 numberReady!:int32=0 numberUnavailable:int32 observedGeneration:int64 updatedNumberScheduled:int32
DaemonSetUpdateStrategy rollingUpdate:RollingUpdateDaemonSet type:(OnDelete|RollingUpdate)
Deployment apiVersion:string kind:string metadata:ObjectMeta={} spec:DeploymentSpec={} status:DeploymentStatus={}
DeploymentCondition lastTransitionTime:time lastUpdateTime:time message:string reason:string status!:string="" type!:string=""
DeploymentSpec minReadySeconds:int32 paused:boolean progressDeadlineSeconds:int32 replicas:int32 revisionHistoryLimit:int32 selector!:LabelSelector strategy:DeploymentStrategy~retainKeys={} template!:PodTemplateSpec={}
DeploymentStatus availableReplicas:int32 collisionCount:int32 conditions:[DeploymentCondition]@type~merge:type observedGeneration:int64 readyReplicas:int32 replicas:int32 terminatingReplicas:int32 unavailableReplicas:int32 updatedReplicas:int32
DeploymentStrategy rollingUpdate:RollingUpdateDeployment type:(Recreate|RollingUpdate)
DiscoveryEndpointPort# appProtocol:string name:string port:int32 protocol:(SCTP|TCP|UDP)
Endpoint addresses!:[string]@ conditions:EndpointConditions={} deprecatedTopology:{string} hints:EndpointHints hostname:string nodeName:string targetRef:ObjectReference zone:string
EndpointConditions ready:boolean serving:boolean terminating:boolean
EndpointHints forNodes:[ForNode] forZones:[ForZone]
EndpointSlice addressType!:(FQDN|IPv4|IPv6)="" apiVersion:string endpoints:[Endpoint] kind:string metadata:ObjectMeta={} ports:[DiscoveryEndpointPort]
EventsEvent action:string apiVersion:string deprecatedCount:int32 deprecatedFirstTimestamp:time deprecatedLastTimestamp:time deprecatedSource:EventSource={} eventTime!:micro kind:string metadata:ObjectMeta={} note:string reason:string regarding:ObjectReference={} related:ObjectReference reportingController:string reportingInstance:string series:EventsEventSeries type:string
EventsEventSeries count!:int32=0 lastObservedTime!:micro
ExternalMetricSource metric!:MetricIdentifier={} target!:MetricTarget={}
ExternalMetricStatus current!:MetricValueStatus={} metric!:MetricIdentifier={}
ForNode name!:string=""
ForZone name!:string=""
HPAScalingPolicy periodSeconds!:int32=0 type!:string="" value!:int32=0
HPAScalingRules policies:[HPAScalingPolicy] selectPolicy:string stabilizationWindowSeconds:int32 tolerance:quantity
HTTPIngressPath backend!:IngressBackend={} path:string pathType!:(Exact|ImplementationSpecific|Prefix)
HTTPIngressRuleValue paths!:[HTTPIngressPath]
HorizontalPodAutoscaler apiVersion:string kind:string metadata:ObjectMeta={} spec!:HorizontalPodAutoscalerSpec={} status:HorizontalPodAutoscalerStatus={}
HorizontalPodAutoscalerBehavior scaleDown:HPAScalingRules scaleUp:HPAScalingRules
HorizontalPodAutoscalerCondition lastTransitionTime:time message:string reason:string status!:string="" type!:string=""
HorizontalPodAutoscalerSpec behavior:HorizontalPodAutoscalerBehavior maxReplicas!:int32=0 metrics:[MetricSpec] minReplicas:int32 scaleTargetRef!:CrossVersionObjectReference={}
HorizontalPodAutoscalerStatus conditions:[HorizontalPodAutoscalerCondition]@type~merge:type currentMetrics:[MetricStatus] currentReplicas:int32 desiredReplicas!:int32=0 lastScaleTime:time observedGeneration:int64
Ingress apiVersion:string kind:string metadata:ObjectMeta={} spec:IngressSpec={} status:IngressStatus={}
IngressBackend resource:TypedLocalObjectReference service:IngressServiceBackend
IngressLoadBalancerIngress hostname:string ip:string ports:[IngressPortStatus]
IngressLoadBalancerStatus ingress:[IngressLoadBalancerIngress]
IngressPortStatus error:string port!:int32=0 protocol!:(SCTP|TCP|UDP)=""
IngressRule host:string http:HTTPIngressRuleValue
IngressServiceBackend name!:string="" port:ServiceBackendPort={}
IngressSpec defaultBackend:IngressBackend ingressClassName:string rules:[IngressRule] tls:[IngressTLS]
IngressStatus loadBalancer:IngressLoadBalancerStatus={}
IngressTLS hosts:[string] secretName:string
Job apiVersion:string kind:string metadata:ObjectMeta={} spec:JobSpec={} status:JobStatus={}
JobCondition lastProbeTime:time lastTransitionTime:time message:string reason:string status!:string="" type!:string=""
JobSpec activeDeadlineSeconds:int64 backoffLimit:int32 backoffLimitPerIndex:int32 completionMode:(Indexed|NonIndexed) completions:int32 managedBy:string manualSelector:boolean maxFailedIndexes:int32 parallelism:int32 podFailurePolicy:PodFailurePolicy podReplacementPolicy:(Failed|TerminatingOrFailed) selector:LabelSelector successPolicy:SuccessPolicy suspend:boolean template!:PodTemplateSpec={} ttlSecondsAfterFinished:int32
JobStatus active:int32 completedIndexes:string completionTime:time conditions:[JobCondition]~merge:type failed:int32 failedIndexes:string ready:int32 startTime:time succeeded:int32 terminating:int32 uncountedTerminatedPods:UncountedTerminatedPods
LabelSelector# matchExpressions:[LabelSelectorRequirement] matchLabels:{string}
LabelSelectorRequirement key!:string="" operator!:string="" values:[string]
Lease apiVersion:string kind:string metadata:ObjectMeta={} spec:LeaseSpec={}
LeaseSpec acquireTime:micro holderIdentity:string leaseDurationSeconds:int32 leaseTransitions:int32 preferredHolder:string renewTime:micro strategy:string
ManagedFieldsEntry apiVersion:string fieldsType:string fieldsV1:json manager:string operation:string subresource:string time:time
MetricIdentifier name!:string="" selector:LabelSelector
MetricSpec containerResource:ContainerResourceMetricSource external:ExternalMetricSource object:ObjectMetricSource pods:PodsMetricSource resource:ResourceMetricSource type!:string=""
MetricStatus containerResource:ContainerResourceMetricStatus external:ExternalMetricStatus object:ObjectMetricStatus pods:PodsMetricStatus resource:ResourceMetricStatus type!:string=""
MetricTarget averageUtilization:int32 averageValue:quantity type!:string="" value:quantity
MetricValueStatus averageUtilization:int32 averageValue:quantity value:quantity
ObjectMeta annotations:{string} creationTimestamp:time deletionGracePeriodSeconds:int64 deletionTimestamp:time finalizers:[string]@~merge generateName:string generation:int64 labels:{string} managedFields:[ManagedFieldsEntry] name:string namespace:string ownerReferences:[OwnerReference]@uid~merge:uid resourceVersion:string selfLink:string uid:string
ObjectMetricSource describedObject!:CrossVersionObjectReference={} metric!:MetricIdentifier={} target!:MetricTarget={}
ObjectMetricStatus current!:MetricValueStatus={} describedObject!:CrossVersionObjectReference={} metric!:MetricIdentifier={}
OwnerReference# apiVersion!:string="" blockOwnerDeletion:boolean controller:boolean kind!:string="" name!:string="" uid!:string=""
PodDisruptionBudget apiVersion:string kind:string metadata:ObjectMeta={} spec:PodDisruptionBudgetSpec={} status:PodDisruptionBudgetStatus={}
PodDisruptionBudgetSpec maxUnavailable:intOrString minAvailable:intOrString selector:LabelSelector~replace unhealthyPodEvictionPolicy:(AlwaysAllow|IfHealthyBudget)
PodDisruptionBudgetStatus conditions:[Condition]@type~merge:type currentHealthy:int32=0 desiredHealthy:int32=0 disruptedPods:{time} disruptionsAllowed:int32=0 expectedPods:int32=0 observedGeneration:int64
PodFailurePolicy rules!:[PodFailurePolicyRule]
PodFailurePolicyOnExitCodesRequirement containerName:string operator!:(In|NotIn)="" values!:[int32]@
PodFailurePolicyOnPodConditionsPattern status:string="" type!:string=""
PodFailurePolicyRule action!:(Count|FailIndex|FailJob|Ignore)="" onExitCodes:PodFailurePolicyOnExitCodesRequirement onPodConditions:[PodFailurePolicyOnPodConditionsPattern]
PodsMetricSource metric!:MetricIdentifier={} target!:MetricTarget={}
PodsMetricStatus current!:MetricValueStatus={} metric!:MetricIdentifier={}
PolicyRule apiGroups:[string] nonResourceURLs:[string] resourceNames:[string] resources:[string] verbs!:[string]
ReplicaSet apiVersion:string kind:string metadata:ObjectMeta={} spec:ReplicaSetSpec={} status:ReplicaSetStatus={}
ReplicaSetCondition lastTransitionTime:time message:string reason:string status!:string="" type!:string=""
ReplicaSetSpec minReadySeconds:int32 replicas:int32 selector!:LabelSelector template:PodTemplateSpec={}
ReplicaSetStatus availableReplicas:int32 conditions:[ReplicaSetCondition]@type~merge:type fullyLabeledReplicas:int32 observedGeneration:int64 readyReplicas:int32 replicas!:int32=0 terminatingReplicas:int32
ResourceMetricSource name!:string="" target!:MetricTarget={}
ResourceMetricStatus current!:MetricValueStatus={} name!:string=""
Role apiVersion:string kind:string metadata:ObjectMeta={} rules:[PolicyRule]
RoleBinding apiVersion:string kind:string metadata:ObjectMeta={} roleRef!:RoleRef={} subjects:[Subject]
RoleRef# apiGroup:string="" kind!:string="" name!:string=""
RollingUpdateDaemonSet maxSurge:intOrString maxUnavailable:intOrString
RollingUpdateDeployment maxSurge:intOrString maxUnavailable:intOrString
Scale apiVersion:string kind:string metadata:ObjectMeta={} spec:ScaleSpec={} status:ScaleStatus={}
ScaleSpec replicas:int32=0
ScaleStatus replicas!:int32=0 selector:string
SelectableField jsonPath!:string=""
ServiceBackendPort# name:string number:int32
ServiceReference name!:string="" namespace!:string="" path:string port:int32
Subject# apiGroup:string kind!:string="" name!:string="" namespace:string
SuccessPolicy rules!:[SuccessPolicyRule]
SuccessPolicyRule succeededCount:int32 succeededIndexes:string
UncountedTerminatedPods failed:[string]@ succeeded:[string]@
WebhookClientConfig caBundle:byte service:ServiceReference url:string
WebhookConversion clientConfig:WebhookClientConfig conversionReviewVersions!:[string]
`;
