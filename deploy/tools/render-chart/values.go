package main

import (
	"fmt"
	"strconv"
	"strings"
)

// valuesOf is what .Values holds: the chart's own, then files, then -set in order.
func valuesOf(c *chart, o options) (object, error) {
	values := c.values
	for _, file := range o.valueFiles {
		over, err := readYAML(file)
		if err != nil {
			return nil, err
		}
		values = merge(values, over)
	}
	for _, expression := range o.sets {
		if err := set(values, expression, guess); err != nil {
			return nil, err
		}
	}
	for _, expression := range o.stringSets {
		if err := set(values, expression, func(s string) interface{} { return s }); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// merge lays over on base: maps merge, everything else replaces, null deletes.
func merge(base, over object) object {
	out := object{}
	for key, value := range base {
		out[key] = value
	}
	for key, value := range over {
		if value == nil {
			delete(out, key)
		} else if inner, ok := value.(object); ok {
			old, _ := out[key].(object)
			out[key] = merge(old, inner)
		} else {
			out[key] = value
		}
	}
	return out
}

func set(values object, expression string, read func(string) interface{}) error {
	parts := strings.SplitN(expression, "=", 2)
	if len(parts) != 2 || parts[0] == "" {
		return fmt.Errorf("-set %q: want path=value", expression)
	}
	keys := pathOf(parts[0])
	at := values
	for _, key := range keys[:len(keys)-1] {
		inner, ok := at[key].(object)
		if !ok {
			inner = object{}
			at[key] = inner
		}
		at = inner
	}
	last := keys[len(keys)-1]
	if value := read(parts[1]); value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return nil
}

// pathOf splits at dots; `\.` is a dot inside a key.
func pathOf(path string) []string {
	keys := strings.Split(strings.ReplaceAll(path, `\.`, "\x00"), ".")
	for i := range keys {
		keys[i] = strings.ReplaceAll(keys[i], "\x00", ".")
	}
	return keys
}

// guess reads numbers, booleans and null the way helm does: `007` stays text. `{a,b}` is a list.
func guess(s string) interface{} {
	switch s {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
		items := []interface{}{}
		if inner := s[1 : len(s)-1]; inner != "" {
			for _, item := range strings.Split(inner, ",") {
				items = append(items, guess(item))
			}
		}
		return items
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && (s == "0" || !strings.HasPrefix(s, "0")) {
		return n
	}
	return s
}
