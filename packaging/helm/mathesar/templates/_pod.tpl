{{/* What a StatefulSet and a Deployment have in common: the pod. */}}
{{- define "mathesar.podTemplate" -}}
metadata:
  labels:
    {{- include "mathesar.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/secret: {{ list .Values.secretKey.value .Values.database.url | toJson | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "mathesar.serviceAccountName" . }}
  automountServiceAccountToken: false
  # A service called `mathesar` would otherwise be announced as MATHESAR_PORT, which is a setting.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - name: mathesar
      image: {{ include "mathesar.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - serve
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      ports:
        - name: http
          containerPort: 8000
          protocol: TCP
        {{- if .Values.metrics.enabled }}
        - name: metrics
          containerPort: {{ .Values.metrics.port }}
          protocol: TCP
        {{- end }}
      env:
        {{- include "mathesar.env" . | nindent 8 }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      startupProbe:
        httpGet:
          path: /healthz
          port: http
        periodSeconds: 2
        timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
        failureThreshold: {{ max 1 (div .Values.probes.startupSeconds 2) }}
      livenessProbe:
        httpGet:
          path: /healthz
          port: http
        periodSeconds: {{ .Values.probes.periodSeconds }}
        timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
        failureThreshold: {{ .Values.probes.failureThreshold }}
      readinessProbe:
        httpGet:
          path: /readyz
          port: http
        periodSeconds: {{ .Values.probes.periodSeconds }}
        timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
        failureThreshold: {{ .Values.probes.failureThreshold }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: data
          mountPath: /data
        - name: tmp
          mountPath: /tmp
        - name: run
          mountPath: /run
        {{- if include "mathesar.managedPostgres" . }}
        - name: shared-memory
          mountPath: /dev/shm
        {{- end }}
        {{- if include "mathesar.databaseCa" . }}
        - name: database-ca
          mountPath: /etc/mathesar/database
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: data
      {{- if .Values.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ default (include "mathesar.fullname" .) .Values.persistence.existingClaim }}
      {{- else }}
      emptyDir: {}
      {{- end }}
    - name: tmp
      emptyDir: {}
    - name: run
      emptyDir: {}
    {{- if include "mathesar.managedPostgres" . }}
    - name: shared-memory
      emptyDir:
        medium: Memory
        sizeLimit: {{ .Values.sharedMemory }}
    {{- end }}
    {{- with include "mathesar.databaseCa" . }}
    - name: database-ca
      secret:
        secretName: {{ . }}
        items:
          - key: ca.crt
            path: ca.crt
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The environment: what the chart decides, then the settings, then what is added. */}}
{{- define "mathesar.env" -}}
- name: MATHESAR_DATA_DIR
  value: /data/mathesar
- name: PORT
  value: "8000"
- name: SECRET_KEY
  valueFrom:
    secretKeyRef:
      name: {{ include "mathesar.secretKeySecret" . }}
      key: {{ ternary .Values.secretKey.existingSecret.key "secret-key" (not (empty .Values.secretKey.existingSecret.name)) }}
{{- if eq (include "mathesar.database" .) "cloudNativePG" }}
- name: CLOUDNATIVEPG_URI
  valueFrom:
    secretKeyRef:
      {{- include "mathesar.databaseSecret" . | nindent 6 }}
- name: DATABASE_URL
  value: $(CLOUDNATIVEPG_URI)?sslmode=verify-full&sslrootcert=/etc/mathesar/database/ca.crt
{{- else if include "mathesar.database" . }}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      {{- include "mathesar.databaseSecret" . | nindent 6 }}
{{- end }}
{{- with include "mathesar.externalUrl" . }}
- name: MATHESAR_EXTERNAL_URL
  value: {{ . | quote }}
{{- end }}
{{- if ne (include "mathesar.basePath" .) "/" }}
- name: MATHESAR_BASE_PATH
  value: {{ include "mathesar.basePath" . | quote }}
{{- end }}
{{- if .Values.metrics.enabled }}
- name: MATHESAR_METRICS_BIND
  value: "0.0.0.0:{{ .Values.metrics.port }}"
- name: MATHESAR_METRICS_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "mathesar.metricsSecret" . }}
      key: metrics-token
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: MATHESAR_{{ upper $name }}
  value: {{ include "mathesar.settingValue" $value | quote }}
{{- end }}
{{- range $name, $source := .Values.secretSettings }}
- name: MATHESAR_{{ upper $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $source.name }}
      key: {{ $source.key }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
A setting as the program reads it. Lists are separated by commas. What YAML read as yes or no may have been written as `on` or `off`
where a setting has such words; the program takes `on` and `off` for yes and no everywhere.
*/}}
{{- define "mathesar.settingValue" -}}
{{- if kindIs "slice" . -}}
{{- join "," . -}}
{{- else if kindIs "bool" . -}}
{{- ternary "on" "off" . -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}
