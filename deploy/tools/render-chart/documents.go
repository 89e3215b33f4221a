package main

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

type document struct {
	source, body, identity, kind string
	isHook                       bool
	weight                       int
}

var (
	separator = regexp.MustCompile(`(?m)^---[ \t]*$`)
	comment   = regexp.MustCompile(`(?m)^\s*#.*$`)
)

// split reads every document again, strictly: broken indentation and duplicate keys fail here and not in a cluster.
func split(source, output string) ([]document, error) {
	var found []document
	for index, part := range separator.Split(output, -1) {
		if strings.TrimSpace(comment.ReplaceAllString(part, "")) == "" {
			continue
		}
		parsed := object{}
		if err := yaml.UnmarshalStrict([]byte(part), &parsed); err != nil {
			return nil, fmt.Errorf("%s, document %d is no valid YAML: %w\n%s", source, index, err, numbered(part))
		}
		meta, _ := parsed["metadata"].(object)
		kind, version, name := text(parsed["kind"]), text(parsed["apiVersion"]), text(meta["name"])
		if kind == "" || version == "" || name == "" {
			return nil, fmt.Errorf("%s, document %d: apiVersion, kind and metadata.name are all needed\n%s", source, index, numbered(part))
		}
		annotations, _ := meta["annotations"].(object)
		weight, _ := strconv.Atoi(text(annotations["helm.sh/hook-weight"]))
		found = append(found, document{
			source: source, body: strings.Trim(part, "\n"), kind: kind,
			identity: strings.Join([]string{version, kind, text(meta["namespace"]), name}, "/"),
			isHook:   text(annotations["helm.sh/hook"]) != "", weight: weight,
		})
	}
	return found, nil
}

func numbered(part string) string {
	var out strings.Builder
	for index, line := range strings.Split(part, "\n") {
		fmt.Fprintf(&out, "%4d  %s\n", index+1, line)
	}
	return out.String()
}

// installOrder is the order Helm creates kinds in; others come last.
var installOrder = strings.Fields(`Namespace NetworkPolicy PodDisruptionBudget ServiceAccount Secret ConfigMap
PersistentVolumeClaim Role RoleBinding Service Deployment HorizontalPodAutoscaler StatefulSet Job CronJob Ingress`)

func rank(kind string) int {
	for index, one := range installOrder {
		if one == kind {
			return index
		}
	}
	return len(installOrder)
}

// emit prints what is part of the release in install order, then the hooks by weight.
func emit(documents []document, noHooks bool) (string, error) {
	seen := map[string]string{}
	for _, d := range documents {
		if other, ok := seen[d.identity]; ok {
			return "", fmt.Errorf("%s is rendered twice: by %s and %s", d.identity, other, d.source)
		}
		seen[d.identity] = d.source
	}
	sort.SliceStable(documents, func(i, j int) bool {
		a, b := documents[i], documents[j]
		if a.isHook != b.isHook {
			return b.isHook
		}
		if a.isHook && a.weight != b.weight {
			return a.weight < b.weight
		}
		return rank(a.kind) < rank(b.kind)
	})
	var out strings.Builder
	for _, d := range documents {
		if !d.isHook || !noHooks {
			fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", d.source, d.body)
		}
	}
	return out.String(), nil
}
