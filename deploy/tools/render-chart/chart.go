package main

import (
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

// files is .Files of a template: what lies in the chart beside templates and values.
type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

type chart struct {
	meta, values object
	templates    map[string]string
	files        files
}

func loadChart(directory string) (*chart, error) {
	c := &chart{templates: map[string]string{}, files: files{}}
	var err error
	if c.meta, err = readYAML(filepath.Join(directory, "Chart.yaml")); err != nil {
		return nil, err
	}
	for _, key := range []string{"apiVersion", "name", "version"} {
		if text(c.meta[key]) == "" {
			return nil, fmt.Errorf("Chart.yaml: %s is missing", key)
		}
	}
	if _, err := semver.NewVersion(text(c.meta["version"])); err != nil {
		return nil, fmt.Errorf("Chart.yaml: version: %w", err)
	}
	if _, ok := c.meta["dependencies"]; ok {
		return nil, fmt.Errorf("Chart.yaml: dependencies are not supported by this renderer")
	}
	if c.values, err = readYAML(filepath.Join(directory, "values.yaml")); err != nil {
		return nil, err
	}
	return c, filepath.Walk(directory, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		// Follows a link to a file, as `helm package` does.
		content, err := ioutil.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(directory, path)
		if err != nil {
			return err
		}
		switch name := filepath.ToSlash(relative); {
		case strings.HasPrefix(name, "templates/"):
			c.templates[name] = string(content)
		case name != "Chart.yaml" && name != "values.yaml" && name != "values.schema.json":
			c.files[name] = content
		}
		return nil
	})
}

// readYAML refuses duplicate keys.
func readYAML(path string) (object, error) {
	raw, err := ioutil.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := object{}
	if err := yaml.UnmarshalStrict(raw, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

func text(v interface{}) string { s, _ := v.(string); return s }
