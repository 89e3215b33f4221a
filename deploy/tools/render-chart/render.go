package main

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/semver"
	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

var releaseName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$`)

func render(directory string, o options) (string, error) {
	c, err := loadChart(directory)
	if err != nil {
		return "", err
	}
	values, err := valuesOf(c, o)
	if err != nil {
		return "", err
	}
	if !releaseName.MatchString(o.name) {
		return "", fmt.Errorf("release name %q: want a DNS label of at most 53 characters", o.name)
	}
	capabilities, err := capabilitiesOf(c, o)
	if err != nil {
		return "", err
	}
	chartName := text(c.meta["name"])
	set, err := parseTemplates(chartName, c.templates)
	if err != nil {
		return "", err
	}
	var documents []document
	for _, name := range sortedNames(c.templates) {
		if strings.HasPrefix(path.Base(name), "_") || !isWanted(name, o.showOnly) {
			continue
		}
		full := path.Join(chartName, name)
		var out strings.Builder
		err := set.ExecuteTemplate(&out, full, object{
			"Values": values, "Chart": capitalised(c.meta), "Files": c.files, "Capabilities": capabilities,
			"Template": object{"Name": full, "BasePath": path.Join(chartName, "templates")},
			"Release": object{"Name": o.name, "Namespace": o.namespace, "Service": "Helm", "Revision": 1,
				"IsInstall": !o.upgrade, "IsUpgrade": o.upgrade},
		})
		if err != nil {
			return "", fmt.Errorf("render %s: %w", name, err)
		}
		if path.Base(name) == "NOTES.txt" {
			continue
		}
		// Helm prints what is missing as nothing.
		found, err := split(full, strings.ReplaceAll(out.String(), "<no value>", ""))
		if err != nil {
			return "", err
		}
		documents = append(documents, found...)
	}
	return emit(documents, o.noHooks)
}

func isWanted(name string, only list) bool {
	for _, one := range only {
		if one == name {
			return true
		}
	}
	return len(only) == 0
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// capitalised gives the keys of Chart.yaml the names templates use: .Chart.AppVersion.
func capitalised(m object) object {
	out := object{}
	for key, value := range m {
		out[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return out
}

type kubeVersion struct{ Version, Major, Minor string }

func (k kubeVersion) String() string { return k.Version }

type apiVersions []string

func (a apiVersions) Has(version string) bool {
	for _, one := range a {
		if one == version {
			return true
		}
	}
	return false
}

func capabilitiesOf(c *chart, o options) (object, error) {
	version, err := semver.NewVersion(o.kubeVersion)
	if err != nil {
		return nil, fmt.Errorf("kube version %q: %w", o.kubeVersion, err)
	}
	if wanted := text(c.meta["kubeVersion"]); wanted != "" {
		constraint, err := semver.NewConstraint(wanted)
		if err != nil {
			return nil, fmt.Errorf("Chart.yaml: kubeVersion: %w", err)
		}
		if !constraint.Check(version) {
			return nil, fmt.Errorf("the chart needs Kubernetes %s, this is %s", wanted, o.kubeVersion)
		}
	}
	known := apiVersions{"v1", "apps/v1", "batch/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1",
		"rbac.authorization.k8s.io/v1", "coordination.k8s.io/v1"}
	return object{
		"KubeVersion": kubeVersion{"v" + version.String(), strconv.Itoa(int(version.Major())), strconv.Itoa(int(version.Minor()))},
		"APIVersions": append(known, o.apiVersions...),
	}, nil
}

// parseTemplates parses all files into one set, so that every template can include the named ones of every other.
func parseTemplates(chartName string, sources map[string]string) (*template.Template, error) {
	set := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	// A chart must not depend on the machine that renders it.
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["toYaml"] = toYAML
	functions["fromYaml"] = func(s string) (object, error) {
		out := object{}
		return out, yaml.Unmarshal([]byte(s), &out)
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	functions["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	// There is no cluster to look into.
	functions["lookup"] = func(_, _, _, _ string) object { return object{} }
	functions["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := set.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	functions["tpl"] = func(source string, data interface{}) (string, error) {
		clone, err := set.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := clone.New("tpl").Parse(source)
		if err != nil {
			return "", err
		}
		var out strings.Builder
		err = parsed.Execute(&out, data)
		return out.String(), err
	}
	set.Funcs(functions)
	for _, name := range sortedNames(sources) {
		if _, err := set.New(path.Join(chartName, name)).Parse(sources[name]); err != nil {
			return nil, fmt.Errorf("parse: %w", err)
		}
	}
	return set, nil
}

func toYAML(v interface{}) (string, error) {
	out, err := yaml.Marshal(v)
	return strings.TrimSuffix(string(out), "\n"), err
}
