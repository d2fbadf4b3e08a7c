-- Asks Sallyport about each request to grafana. It needs Debian's lua-socket.

local socket = require "socket"

local service, port = "127.0.0.1", 8080
local sign_in = "proxy:http://127.0.0.1:8080/.sallyport/"
local scheme, host = "https", "grafana.example.com"

-- What a good answer tells the application.
local identity = {
    "Remote-Email",
    "Remote-Groups",
    "Remote-Name",
    "Remote-User",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
    "X-Auth-Request-Preferred-Username",
    "X-Auth-Request-User",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-User",
    "X-Sallyport-Assertion",
    "X-Sallyport-Permission-Set",
    "X-Sallyport-Tags",
    "X-Webauth-Email",
    "X-Webauth-Groups",
    "X-Webauth-Name",
    "X-Webauth-User",
}

-- What Sallyport looks at, beside what this proxy says itself.
local asked = {
    "Cookie", "Accept", "Accept-Language", "Content-Type", "Origin", "User-Agent", "X-Requested-With",
    "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-WebSocket-Key", "Upgrade",
}

-- What of a refusal the browser gets.
local told = {
    "Location", "Set-Cookie", "Cache-Control", "Content-Security-Policy", "Referrer-Policy", "Vary",
    "X-Content-Type-Options", "X-Frame-Options", "WWW-Authenticate", "Retry-After",
}

local function ask(request)
    local connection = socket.tcp()
    connection:settimeout(10)
    if not connection:connect(service, port) then return nil end
    connection:send(request)
    local line = connection:receive("*l")
    local status = tonumber(string.match(line or "", "^HTTP/1%.[01] (%d%d%d)"))
    local headers = {}
    while status do
        line = connection:receive("*l")
        if line == nil then status = nil break end
        if line == "" then break end
        local name, value = string.match(line, "^([^:]+):%s*(.-)%s*$")
        if name then headers[string.lower(name)] = value end
    end
    local body = status and status ~= 200 and connection:receive("*a") or ""
    connection:close()
    return status, headers, body
end

-- HTTP/1.0, so that the answer ends with the connection.
local function question(r)
    local lines = {
        "GET /gateway/forward-auth HTTP/1.0",
        "Host: " .. host,
        "X-Forwarded-Method: " .. r.method,
        "X-Forwarded-Proto: " .. scheme,
        "X-Forwarded-Host: " .. host,
        "X-Forwarded-Uri: " .. r.unparsed_uri,
        "X-Forwarded-For: " .. r.useragent_ip,
    }
    for _, name in ipairs(asked) do
        local value = r.headers_in[name]
        if value then lines[#lines + 1] = name .. ": " .. value end
    end
    return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local function refuse(r, status, headers, body)
    r.status = status
    for _, name in ipairs(told) do
        local value = headers[string.lower(name)]
        if value then r.err_headers_out[name] = value end
    end
    -- What the client still sends is not read.
    if r.headers_in["Content-Length"] or r.headers_in["Transfer-Encoding"] then
        r.err_headers_out["Connection"] = "close"
    end
    r.content_type = headers["content-type"] or "text/plain; charset=utf-8"
    r:puts(body)
    return apache2.DONE
end

function check(r)
    -- Applications read many characters as underscores.
    for name in pairs(r:headers_in_table()) do
        if string.find(name, "[^a-zA-Z0-9-]") then r.headers_in[name] = nil end
    end
    -- A client could name a header in Connection, and have it taken out.
    if string.lower(r.headers_in["Upgrade"] or "") == "websocket" then
        r.headers_in["Upgrade"] = "websocket"
        r.headers_in["Connection"] = "Upgrade"
    else
        r.headers_in["Connection"] = nil
        r.headers_in["Upgrade"] = nil
    end
    r.headers_in["X-Forwarded-Proto"] = scheme
    r.headers_in["X-Forwarded-Host"] = host
    r.headers_in["X-Forwarded-For"] = r.useragent_ip
    if string.sub(r.filename or "", 1, #sign_in) == sign_in then
        r.headers_in["X-Forwarded-Method"] = r.method
        r.headers_in["X-Forwarded-Uri"] = r.unparsed_uri
        return apache2.OK
    end
    if string.sub(r.unparsed_uri, 1, 1) ~= "/" or string.find(r.unparsed_uri, "%c") then
        return refuse(r, 400, {}, "This address cannot be read.\n")
    end
    local status, headers, body = ask(question(r))
    if status == nil then
        return refuse(r, 503, { ["cache-control"] = "no-store" }, "The sign-in service does not answer. Try again in a moment.\n")
    end
    if status ~= 200 then return refuse(r, status, headers, body or "") end
    for _, name in ipairs(identity) do
        r.headers_in[name] = headers[string.lower(name)]
    end
    return apache2.OK
end
