package render

// nginxForm is the configuration of the generated backend. The address of who
// asks is the last in X-Forwarded-For that is no private one: what the gateway
// appended, not what the client wrote in front of it.
const nginxForm = `worker_processes 1;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  absolute_redirect off;
  client_max_body_size 0;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;

  set_real_ip_from 10.0.0.0/8;
  set_real_ip_from 100.64.0.0/10;
  set_real_ip_from 127.0.0.0/8;
  set_real_ip_from 169.254.0.0/16;
  set_real_ip_from 172.16.0.0/12;
  set_real_ip_from 192.168.0.0/16;
  set_real_ip_from ::1;
  set_real_ip_from fc00::/7;
  set_real_ip_from fe80::/10;
  real_ip_header X-Forwarded-For;
  real_ip_recursive on;

  geo $allowed {
    default 0;
@ALLOWED@  }
  map $http_@KEY@ $said {
    default 0;
    "@WORD@" 1;
  }
  map $cookie_@KEY@ $held {
    default 0;
    "@WORD@" 1;
  }
  map $allowed$said$held $staff {
    default 1;
    000 0;
  }
  map $http_upgrade $connection_is {
    default upgrade;
    "" "";
  }

  server {
    listen @LISTENS@;
    location = @READY@ { return 204; }
    location = @PAGE@ {
      internal;
      alias @DIR@/closed.html;
      types { }
      default_type "text/html; charset=utf-8";
      add_header Retry-After "@RETRY@" always;
      add_header Shopset-Maintenance "until @UNTIL@" always;
      add_header Cache-Control "no-store" always;
      add_header X-Robots-Tag "noindex" always;
    }
    error_page 503 @PAGE@;
    error_page 418 = @staff;
    location / {
      if ($arg_@KEY@ = "@WORD@") {
        add_header Set-Cookie "@KEY@=@WORD@; Path=/; HttpOnly; Secure; SameSite=Lax";
        add_header Cache-Control "no-store";
        return 302 /;
      }
      if ($staff) { return 418; }
      @CUSTOMERS@
    }
    location @staff {
      proxy_pass http://@APP@;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_is;
      proxy_read_timeout 300s;
      add_header Shopset-Maintenance "until @UNTIL@" always;
    }
  }
}
`
