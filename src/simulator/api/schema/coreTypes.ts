/** Generated from the real API server's OpenAPI documents by test/plane/cluster.test.ts. Do not edit. */
export const CORE_TYPES = `
AWSElasticBlockStoreVolumeSource 2.fsType:string 3.partition:int32 4.readOnly:boolean 1.volumeID!:string=""
Affinity 1.nodeAffinity:NodeAffinity 2.podAffinity:PodAffinity 3.podAntiAffinity:PodAntiAffinity
AppArmorProfile 2.localhostProfile:string 1.type!:(Localhost|RuntimeDefault|Unconfined)=""
AttachedVolume 2.devicePath!:string="" 1.name!:string=""
AzureDiskVolumeSource 3.cachingMode:(None|ReadOnly|ReadWrite)="ReadWrite" 1.diskName!:string="" 2.diskURI!:string="" 4.fsType:string="ext4" 6.kind:(Dedicated|Managed|Shared)="Shared" 5.readOnly:boolean=false
AzureFileVolumeSource 3.readOnly:boolean 1.secretName!:string="" 2.shareName!:string=""
Binding apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.target!:ObjectReference={}
CSIVolumeSource 1.driver!:string="" 3.fsType:string 5.nodePublishSecretRef:LocalObjectReference 2.readOnly:boolean 4.volumeAttributes:{string}
Capabilities 1.add:[string] 2.drop:[string]
CephFSVolumeSource 1.monitors!:[string] 2.path:string 6.readOnly:boolean 4.secretFile:string 5.secretRef:LocalObjectReference 3.user:string
CinderVolumeSource 2.fsType:string 3.readOnly:boolean 4.secretRef:LocalObjectReference 1.volumeID!:string=""
ClientIPConfig 1.timeoutSeconds:int32
ClusterTrustBundleProjection 3.labelSelector:LabelSelector 1.name:string 5.optional:boolean 4.path!:string="" 2.signerName:string
ConfigMap apiVersion:string 3.binaryData:{byte} 2.data:{string} 4.immutable:boolean kind:string 1.metadata:ObjectMeta={}
ConfigMapEnvSource 1.1.name:string="" 2.optional:boolean
ConfigMapKeySelector# 2.key!:string="" 1.1.name:string="" 3.optional:boolean
ConfigMapNodeConfigSource 5.kubeletConfigKey!:string="" 2.name!:string="" 1.namespace!:string="" 4.resourceVersion:string 3.uid:string
ConfigMapProjection 2.items:[KeyToPath] 1.1.name:string="" 4.optional:boolean
ConfigMapVolumeSource 3.defaultMode:int32 2.items:[KeyToPath] 1.1.name:string="" 4.optional:boolean
Container 4.args:[string] 3.command:[string] 7.env:[EnvVar]@name~merge:name 19.envFrom:[EnvFromSource] 2.image:string 14.imagePullPolicy:(Always|IfNotPresent|Never) 12.lifecycle:Lifecycle 10.livenessProbe:Probe 1.name!:string="" 6.ports:[ContainerPort]@containerPort,protocol~merge:containerPort 11.readinessProbe:Probe 23.resizePolicy:[ContainerResizePolicy] 8.resources:ResourceRequirements={} 24.restartPolicy:string 25.restartPolicyRules:[ContainerRestartRule] 15.securityContext:SecurityContext 22.startupProbe:Probe 16.stdin:boolean 17.stdinOnce:boolean 13.terminationMessagePath:string 20.terminationMessagePolicy:(FallbackToLogsOnError|File) 18.tty:boolean 21.volumeDevices:[VolumeDevice]@devicePath~merge:devicePath 9.volumeMounts:[VolumeMount]@mountPath~merge:mountPath 5.workingDir:string
ContainerExtendedResourceRequest 1.containerName!:string="" 3.requestName!:string="" 2.resourceName!:string=""
ContainerImage 1.names:[string] 2.sizeBytes:int64
ContainerPort 3.containerPort!:int32=0 5.hostIP:string 2.hostPort:int32 1.name:string 4.protocol:(SCTP|TCP|UDP)="TCP"
ContainerResizePolicy 1.resourceName!:string="" 2.restartPolicy!:string=""
ContainerRestartRule 1.action!:string 2.exitCodes:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes 1.operator!:string 2.values:[int32]@
ContainerState 2.running:ContainerStateRunning 3.terminated:ContainerStateTerminated 1.waiting:ContainerStateWaiting
ContainerStateRunning 1.startedAt:time
ContainerStateTerminated 7.containerID:string 1.exitCode!:int32=0 6.finishedAt:time 4.message:string 3.reason:string 2.signal:int32 5.startedAt:time
ContainerStateWaiting 2.message:string 1.reason:string
ContainerStatus 10.allocatedResources:{quantity} 14.allocatedResourcesStatus:[ResourceStatus]@name~merge:name 8.containerID:string 6.image!:string="" 7.imageID!:string="" 3.lastState:ContainerState={} 1.name!:string="" 4.ready!:boolean=false 11.resources:ResourceRequirements 5.restartCount!:int32=0 9.started:boolean 2.state:ContainerState={} 15.stopSignal:(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ) 13.user:ContainerUser 12.volumeMounts:[VolumeMountStatus]@mountPath~merge:mountPath
ContainerUser 1.linux:LinuxContainerUser
DaemonEndpoint 1.Port!:int32=0
DownwardAPIProjection 1.items:[DownwardAPIVolumeFile]
DownwardAPIVolumeFile 2.fieldRef:ObjectFieldSelector 4.mode:int32 1.path!:string="" 3.resourceFieldRef:ResourceFieldSelector
DownwardAPIVolumeSource 2.defaultMode:int32 1.items:[DownwardAPIVolumeFile]
EmptyDirVolumeSource 1.medium:string 2.sizeLimit:quantity
EndpointAddress# 3.hostname:string 1.ip!:string="" 4.nodeName:string 2.targetRef:ObjectReference
EndpointPort# 4.appProtocol:string 1.name:string 2.port!:int32=0 3.protocol:(SCTP|TCP|UDP)
EndpointSubset 1.addresses:[EndpointAddress] 2.notReadyAddresses:[EndpointAddress] 3.ports:[EndpointPort]
Endpoints apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.subsets:[EndpointSubset]
EnvFromSource 2.configMapRef:ConfigMapEnvSource 1.prefix:string 3.secretRef:SecretEnvSource
EnvVar 1.name!:string="" 2.value:string 3.valueFrom:EnvVarSource
EnvVarSource 3.configMapKeyRef:ConfigMapKeySelector 1.fieldRef:ObjectFieldSelector 5.fileKeyRef:FileKeySelector 2.resourceFieldRef:ResourceFieldSelector 4.secretKeyRef:SecretKeySelector
EphemeralContainer 1.4.args:[string] 1.3.command:[string] 1.7.env:[EnvVar]@name~merge:name 1.19.envFrom:[EnvFromSource] 1.2.image:string 1.14.imagePullPolicy:(Always|IfNotPresent|Never) 1.12.lifecycle:Lifecycle 1.10.livenessProbe:Probe 1.1.name!:string="" 1.6.ports:[ContainerPort]@containerPort,protocol~merge:containerPort 1.11.readinessProbe:Probe 1.23.resizePolicy:[ContainerResizePolicy] 1.8.resources:ResourceRequirements={} 1.24.restartPolicy:string 1.25.restartPolicyRules:[ContainerRestartRule] 1.15.securityContext:SecurityContext 1.22.startupProbe:Probe 1.16.stdin:boolean 1.17.stdinOnce:boolean 2.targetContainerName:string 1.13.terminationMessagePath:string 1.20.terminationMessagePolicy:(FallbackToLogsOnError|File) 1.18.tty:boolean 1.21.volumeDevices:[VolumeDevice]@devicePath~merge:devicePath 1.9.volumeMounts:[VolumeMount]@mountPath~merge:mountPath 1.5.workingDir:string
EphemeralVolumeSource 1.volumeClaimTemplate:PersistentVolumeClaimTemplate
Event 12.action:string apiVersion:string 8.count:int32 10.eventTime:micro 6.firstTimestamp:time 2.involvedObject!:ObjectReference={} kind:string 7.lastTimestamp:time 4.message:string 1.metadata!:ObjectMeta={} 3.reason:string 13.related:ObjectReference 14.reportingComponent:string="" 15.reportingInstance:string="" 11.series:EventSeries 5.source:EventSource={} 9.type:string
EventSeries 1.count:int32 2.lastObservedTime:micro
EventSource 1.component:string 2.host:string
ExecAction 1.command:[string]
FCVolumeSource 3.fsType:string 2.lun:int32 4.readOnly:boolean 1.targetWWNs:[string] 5.wwids:[string]
FileKeySelector# 3.key!:string="" 4.optional:boolean=false 2.path!:string="" 1.volumeName!:string=""
FlexVolumeSource 1.driver!:string="" 2.fsType:string 5.options:{string} 4.readOnly:boolean 3.secretRef:LocalObjectReference
FlockerVolumeSource 1.datasetName:string 2.datasetUUID:string
GCEPersistentDiskVolumeSource 2.fsType:string 3.partition:int32 1.pdName!:string="" 4.readOnly:boolean
GRPCAction 1.port!:int32=0 2.service:string=""
GitRepoVolumeSource 3.directory:string 1.repository!:string="" 2.revision:string
GlusterfsVolumeSource 1.endpoints!:string="" 2.path!:string="" 3.readOnly:boolean
HTTPGetAction 3.host:string 5.httpHeaders:[HTTPHeader] 1.path:string 2.port!:intOrString 4.scheme:(HTTP|HTTPS)
HTTPHeader 1.name!:string="" 2.value!:string=""
HostAlias 2.hostnames:[string] 1.ip!:string=""
HostIP 1.ip!:string=""
HostPathVolumeSource 1.path!:string="" 2.type:(BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket)
ISCSIVolumeSource 8.chapAuthDiscovery:boolean 11.chapAuthSession:boolean 5.fsType:string 12.initiatorName:string 2.iqn!:string="" 4.iscsiInterface:string="default" 3.lun!:int32=0 7.portals:[string] 6.readOnly:boolean 10.secretRef:LocalObjectReference 1.targetPortal!:string=""
ImageVolumeSource 2.pullPolicy:(Always|IfNotPresent|Never) 1.reference:string
ImageVolumeStatus 1.imageRef!:string
KeyToPath 1.key!:string="" 3.mode:int32 2.path!:string=""
Lifecycle 1.postStart:LifecycleHandler 2.preStop:LifecycleHandler 3.stopSignal:(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ)
LifecycleHandler 1.exec:ExecAction 2.httpGet:HTTPGetAction 4.sleep:SleepAction 3.tcpSocket:TCPSocketAction
LinuxContainerUser 2.gid!:int64=0 3.supplementalGroups:[int64] 1.uid!:int64=0
LoadBalancerIngress 2.hostname:string 1.ip:string 3.ipMode:string 4.ports:[PortStatus]
LoadBalancerStatus 1.ingress:[LoadBalancerIngress]
LocalObjectReference# 1.name:string=""
NFSVolumeSource 2.path!:string="" 3.readOnly:boolean 1.server!:string=""
Namespace apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:NamespaceSpec={} 3.status:NamespaceStatus={}
NamespaceCondition 4.lastTransitionTime:time 6.message:string 5.reason:string 2.status!:string="" 1.type!:string=""
NamespaceSpec 1.finalizers:[string]
NamespaceStatus 2.conditions:[NamespaceCondition]@type~merge:type 1.phase:(Active|Terminating)
Node apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:NodeSpec={} 3.status:NodeStatus={}
NodeAddress 2.address!:string="" 1.type!:string=""
NodeAffinity 2.preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm] 1.requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
NodeAllocatableResourceClaimStatus 2.containers:[string]@ 1.resourceClaimName!:string="" 3.resources!:{quantity}
NodeCondition 3.lastHeartbeatTime:time 4.lastTransitionTime:time 6.message:string 5.reason:string 2.status!:string="" 1.type!:string=""
NodeConfigSource 2.configMap:ConfigMapNodeConfigSource
NodeConfigStatus 2.active:NodeConfigSource 1.assigned:NodeConfigSource 4.error:string 3.lastKnownGood:NodeConfigSource
NodeDaemonEndpoints 1.kubeletEndpoint:DaemonEndpoint={}
NodeFeatures 1.supplementalGroupsPolicy:boolean
NodeRuntimeHandler 2.features:NodeRuntimeHandlerFeatures 1.name:string=""
NodeRuntimeHandlerFeatures 1.recursiveReadOnlyMounts:boolean 2.userNamespaces:boolean
NodeSelector# 1.nodeSelectorTerms!:[NodeSelectorTerm]
NodeSelectorRequirement 1.key!:string="" 2.operator!:(DoesNotExist|Exists|Gt|In|Lt|NotIn)="" 3.values:[string]
NodeSelectorTerm# 1.matchExpressions:[NodeSelectorRequirement] 2.matchFields:[NodeSelectorRequirement]
NodeSpec 6.configSource:NodeConfigSource 2.externalID:string 1.podCIDR:string 7.podCIDRs:[string]@~merge 3.providerID:string 5.taints:[Taint] 4.unschedulable:boolean
NodeStatus 5.addresses:[NodeAddress]@type~merge:type 2.allocatable:{quantity} 1.capacity:{quantity} 4.conditions:[NodeCondition]@type~merge:type 11.config:NodeConfigStatus 6.daemonEndpoints:NodeDaemonEndpoints={} 14.declaredFeatures:[string] 13.features:NodeFeatures 8.images:[ContainerImage] 7.nodeInfo:NodeSystemInfo={} 3.phase:(Pending|Running|Terminated) 12.runtimeHandlers:[NodeRuntimeHandler] 10.volumesAttached:[AttachedVolume] 9.volumesInUse:[string]
NodeSwapStatus 1.capacity:int64
NodeSystemInfo 10.architecture!:string="" 3.bootID!:string="" 6.containerRuntimeVersion!:string="" 4.kernelVersion!:string="" 8.kubeProxyVersion!:string="" 7.kubeletVersion!:string="" 1.machineID!:string="" 9.operatingSystem!:string="" 5.osImage!:string="" 11.swap:NodeSwapStatus 2.systemUUID!:string=""
ObjectFieldSelector# 1.apiVersion:string 2.fieldPath!:string=""
ObjectReference# 5.apiVersion:string 7.fieldPath:string 1.kind:string 3.name:string 2.namespace:string 6.resourceVersion:string 4.uid:string
PersistentVolumeClaimSpec 1.accessModes:[(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod)] 7.dataSource:TypedLocalObjectReference 8.dataSourceRef:TypedObjectReference 2.resources:VolumeResourceRequirements={} 4.selector:LabelSelector 5.storageClassName:string 9.volumeAttributesClassName:string 6.volumeMode:(Block|Filesystem) 3.volumeName:string
PersistentVolumeClaimTemplate 1.metadata:ObjectMeta={} 2.spec!:PersistentVolumeClaimSpec={}
PersistentVolumeClaimVolumeSource 1.claimName!:string="" 2.readOnly:boolean
PhotonPersistentDiskVolumeSource 2.fsType:string 1.pdID!:string=""
Pod apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:PodSpec={} 3.status:PodStatus={}
PodAffinity 2.preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] 1.requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
PodAffinityTerm 1.labelSelector:LabelSelector 5.matchLabelKeys:[string] 6.mismatchLabelKeys:[string] 4.namespaceSelector:LabelSelector 2.namespaces:[string] 3.topologyKey!:string=""
PodAntiAffinity 2.preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] 1.requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
PodCertificateProjection 6.certificateChainPath:string 4.credentialBundlePath:string 5.keyPath:string 2.keyType!:string 3.maxExpirationSeconds:int32 1.signerName!:string 7.userAnnotations:{string}
PodCondition 3.lastProbeTime:time 4.lastTransitionTime:time 6.message:string 7.observedGeneration:int64 5.reason:string 2.status!:string="" 1.type!:string=""
PodDNSConfig 1.nameservers:[string] 3.options:[PodDNSConfigOption] 2.searches:[string]
PodDNSConfigOption 1.name:string 2.value:string
PodExtendedResourceClaimStatus 1.requestMappings!:[ContainerExtendedResourceRequest] 2.resourceClaimName!:string=""
PodIP 1.ip!:string=""
PodOS 1.name!:string=""
PodReadinessGate 1.conditionType!:string=""
PodResourceClaim 1.name!:string="" 3.resourceClaimName:string 4.resourceClaimTemplateName:string
PodResourceClaimStatus 1.name!:string="" 2.resourceClaimName:string
PodSchedulingGate 1.name!:string=""
PodSchedulingGroup 1.podGroupName:string
PodSecurityContext 11.appArmorProfile:AppArmorProfile 5.fsGroup:int64 9.fsGroupChangePolicy:(Always|OnRootMismatch) 6.runAsGroup:int64 3.runAsNonRoot:boolean 2.runAsUser:int64 13.seLinuxChangePolicy:string 1.seLinuxOptions:SELinuxOptions 10.seccompProfile:SeccompProfile 4.supplementalGroups:[int64] 12.supplementalGroupsPolicy:(Merge|Strict) 7.sysctls:[Sysctl] 8.windowsOptions:WindowsSecurityContextOptions
PodSpec 5.activeDeadlineSeconds:int64 18.affinity:Affinity 21.automountServiceAccountToken:boolean 2.containers!:[Container]@name~merge:name 26.dnsConfig:PodDNSConfig 6.dnsPolicy:(ClusterFirst|ClusterFirstWithHostNet|Default|None) 30.enableServiceLinks:boolean 34.ephemeralContainers:[EphemeralContainer]@name~merge:name 23.hostAliases:[HostAlias]@ip~merge:ip 13.hostIPC:boolean 11.hostNetwork:boolean 12.hostPID:boolean 37.hostUsers:boolean 16.hostname:string 41.hostnameOverride:string 15.imagePullSecrets:[LocalObjectReference]@name~merge:name 20.initContainers:[Container]@name~merge:name 10.nodeName:string 7.nodeSelector:{string}# 36.os:PodOS 32.overhead:{quantity} 31.preemptionPolicy:(Never|PreemptLowerPriority) 25.priority:int32 24.priorityClassName:string 28.readinessGates:[PodReadinessGate] 39.resourceClaims:[PodResourceClaim]@name~merge,retainKeys:name 40.resources:ResourceRequirements 3.restartPolicy:(Always|Never|OnFailure) 29.runtimeClassName:string 19.schedulerName:string 38.schedulingGates:[PodSchedulingGate]@name~merge:name 43.schedulingGroup:PodSchedulingGroup 14.securityContext:PodSecurityContext 9.serviceAccount:string 8.serviceAccountName:string 35.setHostnameAsFQDN:boolean 27.shareProcessNamespace:boolean 17.subdomain:string 4.terminationGracePeriodSeconds:int64 22.tolerations:[Toleration] 33.topologySpreadConstraints:[TopologySpreadConstraint]@topologyKey,whenUnsatisfiable~merge:topologyKey 1.volumes:[Volume]@name~merge,retainKeys:name
PodStatus 19.allocatedResources:{quantity} 2.conditions:[PodCondition]@type~merge:type 8.containerStatuses:[ContainerStatus] 13.ephemeralContainerStatuses:[ContainerStatus] 18.extendedResourceClaimStatus:PodExtendedResourceClaimStatus 5.hostIP:string 16.hostIPs:[HostIP]~merge:ip 10.initContainerStatuses:[ContainerStatus] 3.message:string 21.nodeAllocatableResourceClaimStatuses:[NodeAllocatableResourceClaimStatus] 11.nominatedNodeName:string 17.observedGeneration:int64 1.phase:(Failed|Pending|Running|Succeeded|Unknown) 6.podIP:string 12.podIPs:[PodIP]@ip~merge:ip 9.qosClass:(BestEffort|Burstable|Guaranteed) 4.reason:string 14.resize:string 15.resourceClaimStatuses:[PodResourceClaimStatus]@name~merge,retainKeys:name 20.resources:ResourceRequirements 7.startTime:time
PodTemplateSpec 1.metadata:ObjectMeta={} 2.spec:PodSpec={}
PortStatus 3.error:string 1.port!:int32=0 2.protocol!:(SCTP|TCP|UDP)=""
PortworxVolumeSource 2.fsType:string 3.readOnly:boolean 1.volumeID!:string=""
PreferredSchedulingTerm 2.preference!:NodeSelectorTerm={} 1.weight!:int32=0
Probe 1.1.exec:ExecAction 6.failureThreshold:int32 1.4.grpc:GRPCAction 1.2.httpGet:HTTPGetAction 2.initialDelaySeconds:int32 4.periodSeconds:int32 5.successThreshold:int32 1.3.tcpSocket:TCPSocketAction 7.terminationGracePeriodSeconds:int64 3.timeoutSeconds:int32
ProjectedVolumeSource 2.defaultMode:int32 1.sources:[VolumeProjection]
QuobyteVolumeSource 5.group:string 3.readOnly:boolean 1.registry!:string="" 6.tenant:string 4.user:string 2.volume!:string=""
RBDVolumeSource 3.fsType:string 2.image!:string="" 6.keyring:string="/etc/ceph/keyring" 1.monitors!:[string] 4.pool:string="rbd" 8.readOnly:boolean 7.secretRef:LocalObjectReference 5.user:string="admin"
ResourceClaim 1.name!:string="" 2.request:string
ResourceFieldSelector# 1.containerName:string 3.divisor:quantity 2.resource!:string=""
ResourceHealth 2.health:string 6.message:string 1.resourceID!:string=""
ResourceRequirements 3.claims:[ResourceClaim]@name 1.limits:{quantity} 2.requests:{quantity}
ResourceStatus 1.name!:string="" 2.resources:[ResourceHealth]@resourceID
SELinuxOptions 4.level:string 2.role:string 3.type:string 1.user:string
ScaleIOVolumeSource 9.fsType:string="xfs" 1.gateway!:string="" 5.protectionDomain:string 10.readOnly:boolean 3.secretRef!:LocalObjectReference 4.sslEnabled:boolean 7.storageMode:string="ThinProvisioned" 6.storagePool:string 2.system!:string="" 8.volumeName:string
SeccompProfile 2.localhostProfile:string 1.type!:(Localhost|RuntimeDefault|Unconfined)=""
Secret apiVersion:string 2.data:{byte} 5.immutable:boolean kind:string 1.metadata:ObjectMeta={} 4.stringData:{string} 3.type:string
SecretEnvSource 1.1.name:string="" 2.optional:boolean
SecretKeySelector# 2.key!:string="" 1.1.name:string="" 3.optional:boolean
SecretProjection 2.items:[KeyToPath] 1.1.name:string="" 4.optional:boolean
SecretVolumeSource 3.defaultMode:int32 2.items:[KeyToPath] 4.optional:boolean 1.secretName:string
SecurityContext 7.allowPrivilegeEscalation:boolean 12.appArmorProfile:AppArmorProfile 1.capabilities:Capabilities 2.privileged:boolean 9.procMount:(Default|Unmasked) 6.readOnlyRootFilesystem:boolean 8.runAsGroup:int64 5.runAsNonRoot:boolean 4.runAsUser:int64 3.seLinuxOptions:SELinuxOptions 11.seccompProfile:SeccompProfile 10.windowsOptions:WindowsSecurityContextOptions
Service apiVersion:string kind:string 1.metadata:ObjectMeta={} 2.spec:ServiceSpec={} 3.status:ServiceStatus={}
ServiceAccount apiVersion:string 4.automountServiceAccountToken:boolean 3.imagePullSecrets:[LocalObjectReference] kind:string 1.metadata:ObjectMeta={} 2.secrets:[ObjectReference]@name~merge:name
ServiceAccountTokenProjection 1.audience:string 2.expirationSeconds:int64 3.path!:string=""
ServicePort 6.appProtocol:string 1.name:string 5.nodePort:int32 3.port!:int32=0 2.protocol:(SCTP|TCP|UDP)="TCP" 4.targetPort:intOrString
ServiceSpec 20.allocateLoadBalancerNodePorts:boolean 3.clusterIP:string 18.clusterIPs:[string] 5.externalIPs:[string] 10.externalName:string 11.externalTrafficPolicy:(Cluster|Local) 12.healthCheckNodePort:int32 22.internalTrafficPolicy:(Cluster|Local) 19.ipFamilies:[(IPv4|IPv6)] 17.ipFamilyPolicy:(PreferDualStack|RequireDualStack|SingleStack) 21.loadBalancerClass:string 8.loadBalancerIP:string 9.loadBalancerSourceRanges:[string] 1.ports:[ServicePort]@port,protocol~merge:port 13.publishNotReadyAddresses:boolean 2.selector:{string}# 7.sessionAffinity:(ClientIP|None) 14.sessionAffinityConfig:SessionAffinityConfig 23.trafficDistribution:string 4.type:(ClusterIP|ExternalName|LoadBalancer|NodePort)
ServiceStatus 2.conditions:[Condition]@type~merge:type 1.loadBalancer:LoadBalancerStatus={}
SessionAffinityConfig 1.clientIP:ClientIPConfig
SleepAction 1.seconds!:int64=0
StorageOSVolumeSource 3.fsType:string 4.readOnly:boolean 5.secretRef:LocalObjectReference 1.volumeName:string 2.volumeNamespace:string
Sysctl 1.name!:string="" 2.value!:string=""
TCPSocketAction 2.host:string 1.port!:intOrString
Taint 3.effect!:(NoExecute|NoSchedule|PreferNoSchedule)="" 1.key!:string="" 4.timeAdded:time 2.value:string
Toleration 4.effect:(NoExecute|NoSchedule|PreferNoSchedule) 1.key:string 2.operator:(Equal|Exists|Gt|Lt) 5.tolerationSeconds:int64 3.value:string
TopologySpreadConstraint 4.labelSelector:LabelSelector 8.matchLabelKeys:[string] 1.maxSkew!:int32=0 5.minDomains:int32 6.nodeAffinityPolicy:(Honor|Ignore) 7.nodeTaintsPolicy:(Honor|Ignore) 2.topologyKey!:string="" 3.whenUnsatisfiable!:(DoNotSchedule|ScheduleAnyway)=""
TypedLocalObjectReference# 1.apiGroup:string 2.kind!:string="" 3.name!:string=""
TypedObjectReference 1.apiGroup:string 2.kind!:string="" 3.name!:string="" 4.namespace:string
Volume 2.4.awsElasticBlockStore:AWSElasticBlockStoreVolumeSource 2.22.azureDisk:AzureDiskVolumeSource 2.18.azureFile:AzureFileVolumeSource 2.14.cephfs:CephFSVolumeSource 2.13.cinder:CinderVolumeSource 2.19.configMap:ConfigMapVolumeSource 2.28.csi:CSIVolumeSource 2.16.downwardAPI:DownwardAPIVolumeSource 2.2.emptyDir:EmptyDirVolumeSource 2.29.ephemeral:EphemeralVolumeSource 2.17.fc:FCVolumeSource 2.12.flexVolume:FlexVolumeSource 2.15.flocker:FlockerVolumeSource 2.3.gcePersistentDisk:GCEPersistentDiskVolumeSource 2.5.gitRepo:GitRepoVolumeSource 2.9.glusterfs:GlusterfsVolumeSource 2.1.hostPath:HostPathVolumeSource 2.30.image:ImageVolumeSource 2.8.iscsi:ISCSIVolumeSource 1.name!:string="" 2.7.nfs:NFSVolumeSource 2.10.persistentVolumeClaim:PersistentVolumeClaimVolumeSource 2.23.photonPersistentDisk:PhotonPersistentDiskVolumeSource 2.24.portworxVolume:PortworxVolumeSource 2.26.projected:ProjectedVolumeSource 2.21.quobyte:QuobyteVolumeSource 2.11.rbd:RBDVolumeSource 2.25.scaleIO:ScaleIOVolumeSource 2.6.secret:SecretVolumeSource 2.27.storageos:StorageOSVolumeSource 2.20.vsphereVolume:VsphereVirtualDiskVolumeSource
VolumeDevice 2.devicePath!:string="" 1.name!:string=""
VolumeMount 3.mountPath!:string="" 5.mountPropagation:(Bidirectional|HostToContainer|None) 1.name!:string="" 2.readOnly:boolean 7.recursiveReadOnly:string 4.subPath:string 6.subPathExpr:string
VolumeMountStatus 2.mountPath!:string="" 1.name!:string="" 3.readOnly:boolean 4.recursiveReadOnly:string 5.volumeStatus:VolumeStatus
VolumeProjection 5.clusterTrustBundle:ClusterTrustBundleProjection 3.configMap:ConfigMapProjection 2.downwardAPI:DownwardAPIProjection 6.podCertificate:PodCertificateProjection 1.secret:SecretProjection 4.serviceAccountToken:ServiceAccountTokenProjection
VolumeResourceRequirements 1.limits:{quantity} 2.requests:{quantity}
VolumeStatus 1.image:ImageVolumeStatus
VsphereVirtualDiskVolumeSource 2.fsType:string 4.storagePolicyID:string 3.storagePolicyName:string 1.volumePath!:string=""
WeightedPodAffinityTerm 2.podAffinityTerm!:PodAffinityTerm={} 1.weight!:int32=0
WindowsSecurityContextOptions 2.gmsaCredentialSpec:string 1.gmsaCredentialSpecName:string 4.hostProcess:boolean 3.runAsUserName:string
`;
