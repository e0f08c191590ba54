package i18n

import (
	"reflect"
	"testing"
)

// A sentence that is missing would be a hole on the screen, or a crash.
func TestNothingIsMissing(t *testing.T) {
	missing(t, "Text", reflect.ValueOf(*For(English)))
}

func missing(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Help]() || v.Type() == reflect.TypeFor[Example]() {
			return // both have parts that may be empty
		}
		for i := range v.NumField() {
			missing(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Func, reflect.Map, reflect.Slice:
		if v.IsNil() {
			t.Errorf("%s is not there", path)
		}
	case reflect.String:
		if v.Len() == 0 {
			t.Errorf("%s is empty", path)
		}
	}
}
