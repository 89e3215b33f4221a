{{- define "cc.name" -}}{{ printf "%s-%s" .root.Release.Name .service | trunc 63 | trimSuffix "-" }}{{- end }}

{{/* Selectors hold only what never changes: a version in a selector breaks upgrades. */}}
{{- define "cc.selector" -}}
app.kubernetes.io/name: career-copilot
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "cc.labels" -}}
{{ include "cc.selector" . }}
app.kubernetes.io/part-of: career-copilot
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "cc.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if eq $tag "latest" }}{{ fail "image.tag must not be 'latest': name a release or a digest" }}{{ end -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}{{ .Values.image.repository }}:{{ $tag }}{{- end -}}
{{- end }}

{{/* The restricted Pod Security profile, pod level. */}}
{{- define "cc.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "cc.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Connection of one role. The password is a variable of its own, so that no Secret has to hold a URL. */}}
{{- define "cc.databaseEnv" -}}
- name: DATABASE_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .root.Values.database.existingSecret }}, key: cc_{{ .schema }} } }
- name: DATABASE_URL
  value: postgres://cc_{{ .schema }}:$(DATABASE_PASSWORD)@{{ .root.Values.database.host }}:{{ .root.Values.database.port }}/{{ .root.Values.database.name }}?sslmode={{ .root.Values.database.sslMode }}
- name: DATABASE_POOL_SIZE
  value: {{ .root.Values.database.poolSize | quote }}
{{- end }}
