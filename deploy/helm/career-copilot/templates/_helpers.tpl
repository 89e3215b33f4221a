{{/* A release name may have 53 characters, a name 63: the longest is <prefix>-jobs-ingestion-metrics. */}}
{{- define "cc.prefix" -}}{{ .Release.Name | trunc 39 | trimSuffix "-" }}{{- end }}
{{- define "cc.name" -}}{{ include "cc.prefix" .root }}-{{ .service }}{{- end }}

{{/* What every pod of the release has, and nothing else has. */}}
{{- define "cc.release" -}}
app.kubernetes.io/name: career-copilot
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Selectors hold only what never changes: a version in a selector breaks upgrades. */}}
{{- define "cc.selector" -}}
{{ include "cc.release" .root }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "cc.labels" -}}
{{ include "cc.selector" . }}
app.kubernetes.io/part-of: career-copilot
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "cc.imageReference" -}}
{{- if and .requireDigests (not .image.digest) }}{{ fail (printf "requireDigests: image %s has no digest" .image.repository) }}{{ end -}}
{{- if eq .tag "latest" }}{{ fail (printf "the tag of %s must not be 'latest': name a release or a digest" .image.repository) }}{{ end -}}
{{ .image.repository }}:{{ .tag }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "cc.image" -}}
{{ include "cc.imageReference" (dict "image" .Values.image "tag" (.Values.image.tag | default .Chart.AppVersion) "requireDigests" .Values.requireDigests) }}
{{- end }}

{{/* The restricted Pod Security profile. */}}
{{- define "cc.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "cc.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "cc.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "cc.selector" $ | nindent 6 }}
{{- end }}
{{- end }}

{{/* Behind `user:password@`. */}}
{{- define "cc.databaseAddress" -}}
{{- with .Values.database -}}
{{ .host }}:{{ .port }}/{{ .name }}?sslmode={{ .sslMode }}{{ if .caSecret }}&sslrootcert=/etc/career-copilot/database-ca/ca.crt{{ end }}
{{- end }}
{{- end }}

{{/*
Connection of one role. Password and address are variables of their own, so that no Secret has to hold a URL and an
overlay changes the address in one place.
*/}}
{{- define "cc.databaseEnv" -}}
- name: DATABASE_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .root.Values.database.existingSecret }}, key: cc_{{ .schema }} } }
- name: DATABASE_ADDRESS
  valueFrom: { configMapKeyRef: { name: {{ include "cc.prefix" .root }}-database, key: address } }
- name: DATABASE_URL
  value: postgres://cc_{{ .schema }}:$(DATABASE_PASSWORD)@$(DATABASE_ADDRESS)
- { name: DATABASE_POOL_SIZE, value: {{ .root.Values.database.poolSize | quote }} }
- { name: DATABASE_SEARCH_POOL_SIZE, value: {{ .searchPoolSize | default 1 | quote }} }
{{- end }}

{{- define "cc.filesClaim" -}}
{{ .root.Values.files.disk.existingClaim | default (printf "%s-files" (include "cc.name" .)) }}
{{- end }}

{{- define "cc.s3Env" -}}
- { name: S3_BUCKET, value: {{ .bucket | quote }} }
- { name: S3_REGION, value: {{ .region | quote }} }
{{- if .endpoint }}
- { name: S3_ENDPOINT, value: {{ .endpoint | quote }} }
{{- end }}
- { name: S3_FORCE_PATH_STYLE, value: {{ .forcePathStyle | quote }} }
{{- if .existingSecret }}
- name: S3_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ .existingSecret }}, key: access-key-id } }
- name: S3_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ .existingSecret }}, key: secret-access-key } }
{{- end }}
{{- end }}

{{- define "cc.natsUrl" -}}
{{- $nats := .Values.nats -}}
{{- if eq $nats.mode "cluster" }}tls://nats:4222
{{- else if eq $nats.mode "single" }}nats://nats:4222
{{- else }}{{ required "nats.mode external needs nats.url" $nats.url }}
{{- end }}
{{- end }}

{{- define "cc.natsReplicas" -}}
{{- if eq .Values.nats.mode "cluster" }}3{{ else if eq .Values.nats.mode "single" }}1{{ else }}{{ .Values.nats.streamReplicas }}{{ end }}
{{- end }}

{{/* Secret with the certificate NATS is checked against; empty without TLS. */}}
{{- define "cc.natsCaSecret" -}}
{{- if ne .Values.nats.mode "single" }}{{ .Values.nats.tlsSecret }}{{ end }}
{{- end }}

{{/* Other end of a connection: an address range, or pods of this namespace. */}}
{{- define "cc.peer" -}}
{{- if .cidr }}
- ipBlock: { cidr: {{ .cidr }} }
{{- else }}
- podSelector:
    matchLabels: {{- toYaml .labels | nindent 6 }}
{{- end }}
{{- end }}
