{{/*
What fits no schema, because it is about values together. Each refusal says what, why, and what to do.
*/}}
{{- define "mathesar.refusals" -}}
{{- $external := include "mathesar.database" . -}}
{{- $scaled := include "mathesar.scaled" . -}}
{{- $ways := list -}}
{{- if .Values.database.url }}{{ $ways = append $ways "database.url" }}{{ end -}}
{{- if .Values.database.existingSecret.name }}{{ $ways = append $ways "database.existingSecret.name" }}{{ end -}}
{{- if .Values.database.cloudNativePG.cluster }}{{ $ways = append $ways "database.cloudNativePG.cluster" }}{{ end -}}
{{- if gt (len $ways) 1 -}}
{{- fail (printf "The internal database is given in more than one way: %s. Keep one of them." (join " and " $ways)) -}}
{{- end -}}
{{- if and .Values.secretKey.value .Values.secretKey.existingSecret.name -}}
{{- fail "The secret key is given twice: by secretKey.value and secretKey.existingSecret.name. Keep one of them." -}}
{{- end -}}
{{- if and $scaled (not $external) -}}
{{- fail "More than one pod is not possible while the internal database is a SQLite file on the volume of one pod. Give a PostgreSQL by database.url, database.existingSecret.name or database.cloudNativePG.cluster; or keep replicaCount at 1 and autoscaling.enabled at false." -}}
{{- end -}}
{{- if and $scaled (include "mathesar.managedPostgres" .) -}}
{{- fail "More than one pod is not possible with settings.managed_postgres at \"on\": one volume holds one running PostgreSQL. Turn it off, or keep replicaCount at 1 and autoscaling.enabled at false." -}}
{{- end -}}
{{- if and $scaled (not (and .Values.persistence.enabled (or .Values.persistence.existingClaim (has "ReadWriteMany" .Values.persistence.accessModes)))) -}}
{{- fail "More than one pod needs a volume that all of them can mount, because a file that one pod receives is loaded by another. Give persistence.accessModes: [ReadWriteMany] and a persistence.storageClass that offers it, or the name of such a claim in persistence.existingClaim." -}}
{{- end -}}
{{- if and .Values.persistence.enabled (not .Values.persistence.existingClaim) -}}
{{- $name := include "mathesar.fullname" . -}}
{{- with lookup "v1" "PersistentVolumeClaim" .Release.Namespace $name -}}
{{- $remedy := "Kubernetes never changes that. Leave the value as it was, or make another claim, copy the data to it while no pod runs, and name it in persistence.existingClaim." -}}
{{- if ne (.spec.accessModes | sortAlpha | join " ") ($.Values.persistence.accessModes | sortAlpha | join " ") -}}
{{- fail (printf "The claim %s is there with accessModes %v, and persistence.accessModes says %v. %s" $name .spec.accessModes $.Values.persistence.accessModes $remedy) -}}
{{- end -}}
{{- $class := default "" .spec.storageClassName -}}
{{- if and $.Values.persistence.storageClass (ne $class ($.Values.persistence.storageClass | trimPrefix "-")) -}}
{{- fail (printf "The claim %s is there with the storage class %q, and persistence.storageClass says %q. %s" $name $class $.Values.persistence.storageClass $remedy) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is greater than autoscaling.maxReplicas." -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (not (or .Values.autoscaling.targetCPUUtilizationPercentage .Values.autoscaling.targetMemoryUtilizationPercentage)) -}}
{{- fail "autoscaling has nothing to follow: give autoscaling.targetCPUUtilizationPercentage or autoscaling.targetMemoryUtilizationPercentage." -}}
{{- end -}}
{{- if and (not .Values.persistence.enabled) (not $external) (ne (toString .Values.settings.ephemeral) "true") -}}
{{- fail "Without persistence everything would be lost with the pod: accounts, connections and the databases that are made here. Keep persistence.enabled at true, or give an internal database. To try it out and lose everything, set settings.ephemeral to true." -}}
{{- end -}}
{{- if and (not .Values.persistence.enabled) $external (include "mathesar.managedPostgres" .) (ne (toString .Values.settings.ephemeral) "true") -}}
{{- fail "Without persistence the databases that are made here would be lost with the pod. Keep persistence.enabled at true, or leave settings.managed_postgres off." -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "ingress.enabled needs ingress.host, the name under which people reach the installation." -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs, the gateways that it belongs to." -}}
{{- end -}}
{{- if and .Values.httpRoute.redirectFrom (not .Values.httpRoute.tls) -}}
{{- fail "httpRoute.redirectFrom sends people to HTTPS, which httpRoute.tls says is not there." -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs metrics.enabled." -}}
{{- end -}}
{{- range $name, $_ := .Values.secretSettings -}}
{{- if and (has $name (list "backup_passphrase")) (not $.Values.settings.backup_schedule) -}}
{{- fail (printf "secretSettings.%s has no effect without settings.backup_schedule." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
