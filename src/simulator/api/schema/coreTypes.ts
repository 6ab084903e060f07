/** Generated from the real API server's OpenAPI documents by test/plane/cluster.test.ts. Do not edit. */
export const CORE_TYPES = `
AWSElasticBlockStoreVolumeSource fsType:string partition:int32 readOnly:boolean volumeID!:string=""
Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
AppArmorProfile localhostProfile:string type!:(Localhost|RuntimeDefault|Unconfined)=""
AttachedVolume devicePath!:string="" name!:string=""
AzureDiskVolumeSource cachingMode:(None|ReadOnly|ReadWrite)="ReadWrite" diskName!:string="" diskURI!:string="" fsType:string="ext4" kind:(Dedicated|Managed|Shared)="Shared" readOnly:boolean=false
AzureFileVolumeSource readOnly:boolean secretName!:string="" shareName!:string=""
CSIVolumeSource driver!:string="" fsType:string nodePublishSecretRef:LocalObjectReference readOnly:boolean volumeAttributes:{string}
Capabilities add:[string] drop:[string]
CephFSVolumeSource monitors!:[string] path:string readOnly:boolean secretFile:string secretRef:LocalObjectReference user:string
CinderVolumeSource fsType:string readOnly:boolean secretRef:LocalObjectReference volumeID!:string=""
ClientIPConfig timeoutSeconds:int32
ClusterTrustBundleProjection labelSelector:LabelSelector name:string optional:boolean path!:string="" signerName:string
ConfigMap apiVersion:string binaryData:{byte} data:{string} immutable:boolean kind:string metadata:ObjectMeta={}
ConfigMapEnvSource name:string="" optional:boolean
ConfigMapKeySelector# key!:string="" name:string="" optional:boolean
ConfigMapNodeConfigSource kubeletConfigKey!:string="" name!:string="" namespace!:string="" resourceVersion:string uid:string
ConfigMapProjection items:[KeyToPath] name:string="" optional:boolean
ConfigMapVolumeSource defaultMode:int32 items:[KeyToPath] name:string="" optional:boolean
Container args:[string] command:[string] env:[EnvVar]@name~merge:name envFrom:[EnvFromSource] image:string imagePullPolicy:(Always|IfNotPresent|Never) lifecycle:Lifecycle livenessProbe:Probe name!:string="" ports:[ContainerPort]@containerPort,protocol~merge:containerPort readinessProbe:Probe resizePolicy:[ContainerResizePolicy] resources:ResourceRequirements={} restartPolicy:string restartPolicyRules:[ContainerRestartRule] securityContext:SecurityContext startupProbe:Probe stdin:boolean stdinOnce:boolean terminationMessagePath:string terminationMessagePolicy:(FallbackToLogsOnError|File) tty:boolean volumeDevices:[VolumeDevice]@devicePath~merge:devicePath volumeMounts:[VolumeMount]@mountPath~merge:mountPath workingDir:string
ContainerExtendedResourceRequest containerName!:string="" requestName!:string="" resourceName!:string=""
ContainerImage names:[string] sizeBytes:int64
ContainerPort containerPort!:int32=0 hostIP:string hostPort:int32 name:string protocol:(SCTP|TCP|UDP)="TCP"
ContainerResizePolicy resourceName!:string="" restartPolicy!:string=""
ContainerRestartRule action!:string exitCodes:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes operator!:string values:[int32]@
ContainerState running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting
ContainerStateRunning startedAt:time
ContainerStateTerminated containerID:string exitCode!:int32=0 finishedAt:time message:string reason:string signal:int32 startedAt:time
ContainerStateWaiting message:string reason:string
ContainerStatus allocatedResources:{quantity} allocatedResourcesStatus:[ResourceStatus]@name~merge:name containerID:string image!:string="" imageID!:string="" lastState:ContainerState={} name!:string="" ready!:boolean=false resources:ResourceRequirements restartCount!:int32=0 started:boolean state:ContainerState={} stopSignal:(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ) user:ContainerUser volumeMounts:[VolumeMountStatus]@mountPath~merge:mountPath
ContainerUser linux:LinuxContainerUser
DaemonEndpoint Port!:int32=0
DownwardAPIProjection items:[DownwardAPIVolumeFile]
DownwardAPIVolumeFile fieldRef:ObjectFieldSelector mode:int32 path!:string="" resourceFieldRef:ResourceFieldSelector
DownwardAPIVolumeSource defaultMode:int32 items:[DownwardAPIVolumeFile]
EmptyDirVolumeSource medium:string sizeLimit:quantity
EndpointAddress# hostname:string ip!:string="" nodeName:string targetRef:ObjectReference
EndpointPort# appProtocol:string name:string port!:int32=0 protocol:(SCTP|TCP|UDP)
EndpointSubset addresses:[EndpointAddress] notReadyAddresses:[EndpointAddress] ports:[EndpointPort]
Endpoints apiVersion:string kind:string metadata:ObjectMeta={} subsets:[EndpointSubset]
EnvFromSource configMapRef:ConfigMapEnvSource prefix:string secretRef:SecretEnvSource
EnvVar name!:string="" value:string valueFrom:EnvVarSource
EnvVarSource configMapKeyRef:ConfigMapKeySelector fieldRef:ObjectFieldSelector fileKeyRef:FileKeySelector resourceFieldRef:ResourceFieldSelector secretKeyRef:SecretKeySelector
EphemeralContainer args:[string] command:[string] env:[EnvVar]@name~merge:name envFrom:[EnvFromSource] image:string imagePullPolicy:(Always|IfNotPresent|Never) lifecycle:Lifecycle livenessProbe:Probe name!:string="" ports:[ContainerPort]@containerPort,protocol~merge:containerPort readinessProbe:Probe resizePolicy:[ContainerResizePolicy] resources:ResourceRequirements={} restartPolicy:string restartPolicyRules:[ContainerRestartRule] securityContext:SecurityContext startupProbe:Probe stdin:boolean stdinOnce:boolean targetContainerName:string terminationMessagePath:string terminationMessagePolicy:(FallbackToLogsOnError|File) tty:boolean volumeDevices:[VolumeDevice]@devicePath~merge:devicePath volumeMounts:[VolumeMount]@mountPath~merge:mountPath workingDir:string
EphemeralVolumeSource volumeClaimTemplate:PersistentVolumeClaimTemplate
Event action:string apiVersion:string count:int32 eventTime:micro firstTimestamp:time involvedObject!:ObjectReference={} kind:string lastTimestamp:time message:string metadata!:ObjectMeta={} reason:string related:ObjectReference reportingComponent:string="" reportingInstance:string="" series:EventSeries source:EventSource={} type:string
EventSeries count:int32 lastObservedTime:micro
EventSource component:string host:string
ExecAction command:[string]
FCVolumeSource fsType:string lun:int32 readOnly:boolean targetWWNs:[string] wwids:[string]
FileKeySelector# key!:string="" optional:boolean=false path!:string="" volumeName!:string=""
FlexVolumeSource driver!:string="" fsType:string options:{string} readOnly:boolean secretRef:LocalObjectReference
FlockerVolumeSource datasetName:string datasetUUID:string
GCEPersistentDiskVolumeSource fsType:string partition:int32 pdName!:string="" readOnly:boolean
GRPCAction port!:int32=0 service:string=""
GitRepoVolumeSource directory:string repository!:string="" revision:string
GlusterfsVolumeSource endpoints!:string="" path!:string="" readOnly:boolean
HTTPGetAction host:string httpHeaders:[HTTPHeader] path:string port!:intOrString scheme:(HTTP|HTTPS)
HTTPHeader name!:string="" value!:string=""
HostAlias hostnames:[string] ip!:string=""
HostIP ip!:string=""
HostPathVolumeSource path!:string="" type:(BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket)
ISCSIVolumeSource chapAuthDiscovery:boolean chapAuthSession:boolean fsType:string initiatorName:string iqn!:string="" iscsiInterface:string="default" lun!:int32=0 portals:[string] readOnly:boolean secretRef:LocalObjectReference targetPortal!:string=""
ImageVolumeSource pullPolicy:(Always|IfNotPresent|Never) reference:string
ImageVolumeStatus imageRef!:string
KeyToPath key!:string="" mode:int32 path!:string=""
Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ)
LifecycleHandler exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction tcpSocket:TCPSocketAction
LinuxContainerUser gid!:int64=0 supplementalGroups:[int64] uid!:int64=0
LoadBalancerIngress hostname:string ip:string ipMode:string ports:[PortStatus]
LoadBalancerStatus ingress:[LoadBalancerIngress]
LocalObjectReference# name:string=""
NFSVolumeSource path!:string="" readOnly:boolean server!:string=""
Namespace apiVersion:string kind:string metadata:ObjectMeta={} spec:NamespaceSpec={} status:NamespaceStatus={}
NamespaceCondition lastTransitionTime:time message:string reason:string status!:string="" type!:string=""
NamespaceSpec finalizers:[string]
NamespaceStatus conditions:[NamespaceCondition]@type~merge:type phase:(Active|Terminating)
Node apiVersion:string kind:string metadata:ObjectMeta={} spec:NodeSpec={} status:NodeStatus={}
NodeAddress address!:string="" type!:string=""
NodeAffinity preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm] requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
NodeAllocatableResourceClaimStatus containers:[string]@ resourceClaimName!:string="" resources!:{quantity}
NodeCondition lastHeartbeatTime:time lastTransitionTime:time message:string reason:string status!:string="" type!:string=""
NodeConfigSource configMap:ConfigMapNodeConfigSource
NodeConfigStatus active:NodeConfigSource assigned:NodeConfigSource error:string lastKnownGood:NodeConfigSource
NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint={}
NodeFeatures supplementalGroupsPolicy:boolean
NodeRuntimeHandler features:NodeRuntimeHandlerFeatures name:string=""
NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:boolean userNamespaces:boolean
NodeSelector# nodeSelectorTerms!:[NodeSelectorTerm]
NodeSelectorRequirement key!:string="" operator!:(DoesNotExist|Exists|Gt|In|Lt|NotIn)="" values:[string]
NodeSelectorTerm# matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]
NodeSpec configSource:NodeConfigSource externalID:string podCIDR:string podCIDRs:[string]@~merge providerID:string taints:[Taint] unschedulable:boolean
NodeStatus addresses:[NodeAddress]@type~merge:type allocatable:{quantity} capacity:{quantity} conditions:[NodeCondition]@type~merge:type config:NodeConfigStatus daemonEndpoints:NodeDaemonEndpoints={} declaredFeatures:[string] features:NodeFeatures images:[ContainerImage] nodeInfo:NodeSystemInfo={} phase:(Pending|Running|Terminated) runtimeHandlers:[NodeRuntimeHandler] volumesAttached:[AttachedVolume] volumesInUse:[string]
NodeSwapStatus capacity:int64
NodeSystemInfo architecture!:string="" bootID!:string="" containerRuntimeVersion!:string="" kernelVersion!:string="" kubeProxyVersion!:string="" kubeletVersion!:string="" machineID!:string="" operatingSystem!:string="" osImage!:string="" swap:NodeSwapStatus systemUUID!:string=""
ObjectFieldSelector# apiVersion:string fieldPath!:string=""
ObjectReference# apiVersion:string fieldPath:string kind:string name:string namespace:string resourceVersion:string uid:string
PersistentVolumeClaimSpec accessModes:[(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod)] dataSource:TypedLocalObjectReference dataSourceRef:TypedObjectReference resources:VolumeResourceRequirements={} selector:LabelSelector storageClassName:string volumeAttributesClassName:string volumeMode:(Block|Filesystem) volumeName:string
PersistentVolumeClaimTemplate metadata:ObjectMeta={} spec!:PersistentVolumeClaimSpec={}
PersistentVolumeClaimVolumeSource claimName!:string="" readOnly:boolean
PhotonPersistentDiskVolumeSource fsType:string pdID!:string=""
Pod apiVersion:string kind:string metadata:ObjectMeta={} spec:PodSpec={} status:PodStatus={}
PodAffinity preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
PodAffinityTerm labelSelector:LabelSelector matchLabelKeys:[string] mismatchLabelKeys:[string] namespaceSelector:LabelSelector namespaces:[string] topologyKey!:string=""
PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
PodCertificateProjection certificateChainPath:string credentialBundlePath:string keyPath:string keyType!:string maxExpirationSeconds:int32 signerName!:string userAnnotations:{string}
PodCondition lastProbeTime:time lastTransitionTime:time message:string observedGeneration:int64 reason:string status!:string="" type!:string=""
PodDNSConfig nameservers:[string] options:[PodDNSConfigOption] searches:[string]
PodDNSConfigOption name:string value:string
PodExtendedResourceClaimStatus requestMappings!:[ContainerExtendedResourceRequest] resourceClaimName!:string=""
PodIP ip!:string=""
PodOS name!:string=""
PodReadinessGate conditionType!:string=""
PodResourceClaim name!:string="" resourceClaimName:string resourceClaimTemplateName:string
PodResourceClaimStatus name!:string="" resourceClaimName:string
PodSchedulingGate name!:string=""
PodSchedulingGroup podGroupName:string
PodSecurityContext appArmorProfile:AppArmorProfile fsGroup:int64 fsGroupChangePolicy:(Always|OnRootMismatch) runAsGroup:int64 runAsNonRoot:boolean runAsUser:int64 seLinuxChangePolicy:string seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile supplementalGroups:[int64] supplementalGroupsPolicy:(Merge|Strict) sysctls:[Sysctl] windowsOptions:WindowsSecurityContextOptions
PodSpec activeDeadlineSeconds:int64 affinity:Affinity automountServiceAccountToken:boolean containers!:[Container]@name~merge:name dnsConfig:PodDNSConfig dnsPolicy:(ClusterFirst|ClusterFirstWithHostNet|Default|None) enableServiceLinks:boolean ephemeralContainers:[EphemeralContainer]@name~merge:name hostAliases:[HostAlias]@ip~merge:ip hostIPC:boolean hostNetwork:boolean hostPID:boolean hostUsers:boolean hostname:string hostnameOverride:string imagePullSecrets:[LocalObjectReference]@name~merge:name initContainers:[Container]@name~merge:name nodeName:string nodeSelector:{string}# os:PodOS overhead:{quantity} preemptionPolicy:(Never|PreemptLowerPriority) priority:int32 priorityClassName:string readinessGates:[PodReadinessGate] resourceClaims:[PodResourceClaim]@name~merge,retainKeys:name resources:ResourceRequirements restartPolicy:(Always|Never|OnFailure) runtimeClassName:string schedulerName:string schedulingGates:[PodSchedulingGate]@name~merge:name schedulingGroup:PodSchedulingGroup securityContext:PodSecurityContext serviceAccount:string serviceAccountName:string setHostnameAsFQDN:boolean shareProcessNamespace:boolean subdomain:string terminationGracePeriodSeconds:int64 tolerations:[Toleration] topologySpreadConstraints:[TopologySpreadConstraint]@topologyKey,whenUnsatisfiable~merge:topologyKey volumes:[Volume]@name~merge,retainKeys:name
PodStatus allocatedResources:{quantity} conditions:[PodCondition]@type~merge:type containerStatuses:[ContainerStatus] ephemeralContainerStatuses:[ContainerStatus] extendedResourceClaimStatus:PodExtendedResourceClaimStatus hostIP:string hostIPs:[HostIP]~merge:ip initContainerStatuses:[ContainerStatus] message:string nodeAllocatableResourceClaimStatuses:[NodeAllocatableResourceClaimStatus] nominatedNodeName:string observedGeneration:int64 phase:(Failed|Pending|Running|Succeeded|Unknown) podIP:string podIPs:[PodIP]@ip~merge:ip qosClass:(BestEffort|Burstable|Guaranteed) reason:string resize:string resourceClaimStatuses:[PodResourceClaimStatus]@name~merge,retainKeys:name resources:ResourceRequirements startTime:time
PodTemplateSpec metadata:ObjectMeta={} spec:PodSpec={}
PortStatus error:string port!:int32=0 protocol!:(SCTP|TCP|UDP)=""
PortworxVolumeSource fsType:string readOnly:boolean volumeID!:string=""
PreferredSchedulingTerm preference!:NodeSelectorTerm={} weight!:int32=0
Probe exec:ExecAction failureThreshold:int32 grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:int32 periodSeconds:int32 successThreshold:int32 tcpSocket:TCPSocketAction terminationGracePeriodSeconds:int64 timeoutSeconds:int32
ProjectedVolumeSource defaultMode:int32 sources:[VolumeProjection]
QuobyteVolumeSource group:string readOnly:boolean registry!:string="" tenant:string user:string volume!:string=""
RBDVolumeSource fsType:string image!:string="" keyring:string="/etc/ceph/keyring" monitors!:[string] pool:string="rbd" readOnly:boolean secretRef:LocalObjectReference user:string="admin"
ResourceClaim name!:string="" request:string
ResourceFieldSelector# containerName:string divisor:quantity resource!:string=""
ResourceHealth health:string message:string resourceID!:string=""
ResourceRequirements claims:[ResourceClaim]@name limits:{quantity} requests:{quantity}
ResourceStatus name!:string="" resources:[ResourceHealth]@resourceID
SELinuxOptions level:string role:string type:string user:string
ScaleIOVolumeSource fsType:string="xfs" gateway!:string="" protectionDomain:string readOnly:boolean secretRef!:LocalObjectReference sslEnabled:boolean storageMode:string="ThinProvisioned" storagePool:string system!:string="" volumeName:string
SeccompProfile localhostProfile:string type!:(Localhost|RuntimeDefault|Unconfined)=""
Secret apiVersion:string data:{byte} immutable:boolean kind:string metadata:ObjectMeta={} stringData:{string} type:string
SecretEnvSource name:string="" optional:boolean
SecretKeySelector# key!:string="" name:string="" optional:boolean
SecretProjection items:[KeyToPath] name:string="" optional:boolean
SecretVolumeSource defaultMode:int32 items:[KeyToPath] optional:boolean secretName:string
SecurityContext allowPrivilegeEscalation:boolean appArmorProfile:AppArmorProfile capabilities:Capabilities privileged:boolean procMount:(Default|Unmasked) readOnlyRootFilesystem:boolean runAsGroup:int64 runAsNonRoot:boolean runAsUser:int64 seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile windowsOptions:WindowsSecurityContextOptions
Service apiVersion:string kind:string metadata:ObjectMeta={} spec:ServiceSpec={} status:ServiceStatus={}
ServiceAccount apiVersion:string automountServiceAccountToken:boolean imagePullSecrets:[LocalObjectReference] kind:string metadata:ObjectMeta={} secrets:[ObjectReference]@name~merge:name
ServiceAccountTokenProjection audience:string expirationSeconds:int64 path!:string=""
ServicePort appProtocol:string name:string nodePort:int32 port!:int32=0 protocol:(SCTP|TCP|UDP)="TCP" targetPort:intOrString
ServiceSpec allocateLoadBalancerNodePorts:boolean clusterIP:string clusterIPs:[string] externalIPs:[string] externalName:string externalTrafficPolicy:(Cluster|Local) healthCheckNodePort:int32 internalTrafficPolicy:(Cluster|Local) ipFamilies:[(IPv4|IPv6)] ipFamilyPolicy:(PreferDualStack|RequireDualStack|SingleStack) loadBalancerClass:string loadBalancerIP:string loadBalancerSourceRanges:[string] ports:[ServicePort]@port,protocol~merge:port publishNotReadyAddresses:boolean selector:{string}# sessionAffinity:(ClientIP|None) sessionAffinityConfig:SessionAffinityConfig trafficDistribution:string type:(ClusterIP|ExternalName|LoadBalancer|NodePort)
ServiceStatus conditions:[Condition]@type~merge:type loadBalancer:LoadBalancerStatus={}
SessionAffinityConfig clientIP:ClientIPConfig
SleepAction seconds!:int64=0
StorageOSVolumeSource fsType:string readOnly:boolean secretRef:LocalObjectReference volumeName:string volumeNamespace:string
Sysctl name!:string="" value!:string=""
TCPSocketAction host:string port!:intOrString
Taint effect!:(NoExecute|NoSchedule|PreferNoSchedule)="" key!:string="" timeAdded:time value:string
Toleration effect:(NoExecute|NoSchedule|PreferNoSchedule) key:string operator:(Equal|Exists|Gt|Lt) tolerationSeconds:int64 value:string
TopologySpreadConstraint labelSelector:LabelSelector matchLabelKeys:[string] maxSkew!:int32=0 minDomains:int32 nodeAffinityPolicy:(Honor|Ignore) nodeTaintsPolicy:(Honor|Ignore) topologyKey!:string="" whenUnsatisfiable!:(DoNotSchedule|ScheduleAnyway)=""
TypedLocalObjectReference# apiGroup:string kind!:string="" name!:string=""
TypedObjectReference apiGroup:string kind!:string="" name!:string="" namespace:string
Volume awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFileVolumeSource cephfs:CephFSVolumeSource cinder:CinderVolumeSource configMap:ConfigMapVolumeSource csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource emptyDir:EmptyDirVolumeSource ephemeral:EphemeralVolumeSource fc:FCVolumeSource flexVolume:FlexVolumeSource flocker:FlockerVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource gitRepo:GitRepoVolumeSource glusterfs:GlusterfsVolumeSource hostPath:HostPathVolumeSource image:ImageVolumeSource iscsi:ISCSIVolumeSource name!:string="" nfs:NFSVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource projected:ProjectedVolumeSource quobyte:QuobyteVolumeSource rbd:RBDVolumeSource scaleIO:ScaleIOVolumeSource secret:SecretVolumeSource storageos:StorageOSVolumeSource vsphereVolume:VsphereVirtualDiskVolumeSource
VolumeDevice devicePath!:string="" name!:string=""
VolumeMount mountPath!:string="" mountPropagation:(Bidirectional|HostToContainer|None) name!:string="" readOnly:boolean recursiveReadOnly:string subPath:string subPathExpr:string
VolumeMountStatus mountPath!:string="" name!:string="" readOnly:boolean recursiveReadOnly:string volumeStatus:VolumeStatus
VolumeProjection clusterTrustBundle:ClusterTrustBundleProjection configMap:ConfigMapProjection downwardAPI:DownwardAPIProjection podCertificate:PodCertificateProjection secret:SecretProjection serviceAccountToken:ServiceAccountTokenProjection
VolumeResourceRequirements limits:{quantity} requests:{quantity}
VolumeStatus image:ImageVolumeStatus
VsphereVirtualDiskVolumeSource fsType:string storagePolicyID:string storagePolicyName:string volumePath!:string=""
WeightedPodAffinityTerm podAffinityTerm!:PodAffinityTerm={} weight!:int32=0
WindowsSecurityContextOptions gmsaCredentialSpec:string gmsaCredentialSpecName:string hostProcess:boolean runAsUserName:string
`;
