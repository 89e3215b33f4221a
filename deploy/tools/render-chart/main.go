// render-chart renders a Helm chart directory without the helm program: enough of Helm's template engine to check an
// application chart on a machine that has Go and sprig from its distribution and no network. See README.md for what it
// leaves out.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

type options struct {
	name, namespace, kubeVersion string
	upgrade, noHooks             bool
	valueFiles, sets, stringSets list
	apiVersions, showOnly        list
}

func main() {
	var o options
	flag.StringVar(&o.name, "name", "release", "release name")
	flag.StringVar(&o.namespace, "namespace", "default", "release namespace")
	flag.StringVar(&o.kubeVersion, "kube-version", "1.31.0", "Kubernetes version the chart sees")
	flag.BoolVar(&o.upgrade, "is-upgrade", false, "render an upgrade instead of an install")
	flag.BoolVar(&o.noHooks, "no-hooks", false, "leave out documents with a helm.sh/hook annotation")
	flag.Var(&o.valueFiles, "f", "values file (repeatable, later ones win)")
	flag.Var(&o.sets, "set", "a.b=value, numbers and booleans are guessed (repeatable)")
	flag.Var(&o.stringSets, "set-string", "like -set, always a string")
	flag.Var(&o.apiVersions, "api-versions", "a further API version the cluster serves (repeatable)")
	flag.Var(&o.showOnly, "show-only", "only this template, e.g. templates/hpa.yaml (repeatable)")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: render-chart [flags] CHART_DIRECTORY")
		flag.PrintDefaults()
		os.Exit(2)
	}
	output, err := render(flag.Arg(0), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "render-chart:", err)
		os.Exit(1)
	}
	fmt.Print(output)
}
