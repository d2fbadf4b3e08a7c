package ui_test
import ("net/http";"net/http/httptest";"testing";"os";"strings";"sallyport/web/ui";"time")
func TestStory(t *testing.T){
 if os.Getenv("STORY")=="" { t.Skip() }
 pages,_:=ui.New(false)
 by:=map[string]ui.Sample{}
 for _,s:=range ui.Samples(){by[s.Name]=s}
 srv:=httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,r *http.Request){
  if pages.Static.ServeFile(w,r){return}
  s,ok:=by[strings.TrimPrefix(r.URL.Path,"/")]
  if !ok {w.WriteHeader(404);return}
  pages.Render(w,200,s.Viewer,s.Page)
 }))
 os.WriteFile("/tmp/webstory/url",[]byte(srv.URL),0o644)
 time.Sleep(25*time.Minute)
}
