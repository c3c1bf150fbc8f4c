{{/* The chart's name, in labels. */}}
{{- define "mathesar.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the objects: the release's, with the chart's where it does not say it already. */}}
{{- define "mathesar.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The server's pods, and nothing else. */}}
{{- define "mathesar.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mathesar.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "mathesar.releaseLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: mathesar
{{- end -}}

{{- define "mathesar.labels" -}}
{{ include "mathesar.selectorLabels" . }}
{{ include "mathesar.releaseLabels" . }}
{{- end -}}

{{- define "mathesar.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mathesar.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mathesar.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Which of the ways the internal database's address is given in; empty for a SQLite file. */}}
{{- define "mathesar.database" -}}
{{- if .Values.database.cloudNativePG.cluster -}}
cloudNativePG
{{- else if .Values.database.existingSecret.name -}}
existingSecret
{{- else if .Values.database.url -}}
url
{{- end -}}
{{- end -}}

{{/* Something where there can be more than one pod. */}}
{{- define "mathesar.scaled" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) -}}
scaled
{{- end -}}
{{- end -}}

{{/* Something where the PostgreSQL of the image runs. */}}
{{- define "mathesar.managedPostgres" -}}
{{- $wanted := "auto" -}}
{{- if hasKey .Values.settings "managed_postgres" -}}
{{- $wanted = include "mathesar.settingValue" .Values.settings.managed_postgres -}}
{{- end -}}
{{- if or (eq $wanted "on") (and (eq $wanted "auto") (not (include "mathesar.database" .))) -}}
managed
{{- end -}}
{{- end -}}

{{/*
What runs the pods. A StatefulSet starts a pod only when its predecessor is gone for certain, which what lies on the volume of one
pod depends on.
*/}}
{{- define "mathesar.kind" -}}
{{- $keeps := or .Values.persistence.enabled (not (include "mathesar.database" .)) (include "mathesar.managedPostgres" .) -}}
{{- if and $keeps (not (include "mathesar.scaled" .)) -}}
StatefulSet
{{- else -}}
Deployment
{{- end -}}
{{- end -}}

{{/* Where people reach the installation; empty where only a port is forwarded. */}}
{{- define "mathesar.externalUrl" -}}
{{- $path := include "mathesar.basePath" . | trimSuffix "/" -}}
{{- if .Values.externalUrl -}}
{{- .Values.externalUrl -}}
{{- else if and .Values.ingress.enabled .Values.ingress.host -}}
{{- printf "%s://%s%s" (ternary "https" "http" (or .Values.ingress.tls (not (empty .Values.ingress.tlsSecret)))) .Values.ingress.host $path -}}
{{- else if and .Values.httpRoute.enabled .Values.httpRoute.hostnames -}}
{{- $host := first .Values.httpRoute.hostnames -}}
{{- if not (hasPrefix "*" $host) -}}
{{- printf "%s://%s%s" (ternary "https" "http" .Values.httpRoute.tls) $host $path -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The path below which everything is served, at least a slash. */}}
{{- define "mathesar.basePath" -}}
{{- $path := .Values.basePath -}}
{{- if and (not $path) .Values.externalUrl -}}
{{- $path = (urlParse .Values.externalUrl).path -}}
{{- end -}}
{{- printf "/%s" (trimAll "/" $path) -}}
{{- end -}}

{{- define "mathesar.secretKeySecret" -}}
{{- default (include "mathesar.fullname" .) .Values.secretKey.existingSecret.name -}}
{{- end -}}

{{/* Secret and key of the internal database's address. */}}
{{- define "mathesar.databaseSecret" -}}
{{- $way := include "mathesar.database" . -}}
{{- if eq $way "cloudNativePG" -}}
name: {{ default (printf "%s-app" .Values.database.cloudNativePG.cluster) .Values.database.cloudNativePG.secret }}
key: uri
{{- else if eq $way "existingSecret" -}}
name: {{ .Values.database.existingSecret.name }}
key: {{ .Values.database.existingSecret.key }}
{{- else -}}
name: {{ include "mathesar.fullname" . }}
key: database-url
{{- end -}}
{{- end -}}

{{/* Secret with the authority that the internal database's server is verified with. */}}
{{- define "mathesar.databaseCa" -}}
{{- if .Values.database.caSecret -}}
{{- .Values.database.caSecret -}}
{{- else if eq (include "mathesar.database" .) "cloudNativePG" -}}
{{- printf "%s-ca" .Values.database.cloudNativePG.cluster -}}
{{- end -}}
{{- end -}}

{{- define "mathesar.metricsSecret" -}}
{{- default (include "mathesar.fullname" .) .Values.metrics.existingSecret -}}
{{- end -}}
