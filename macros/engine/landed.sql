{# Stops a build with a plain word where nothing was landed yet; the engines would only say that a pattern matches no file. #}
{% macro require_landed_files() %}
    {%- if execute and not landed_files_exist() %}
        {{ exceptions.raise_compiler_error(
            "还没有落地任何文件：" ~ landing_folder() ~ " 里没有数据。请先运行 yibao land --inbox 导出文件夹 --data 数据文件夹"
            ~ "（或设置环境变量 YIBAO_DATA 指向已有的数据文件夹），再运行 dbt build。"
            ~ " Nothing is landed yet: run `yibao land` first."
        ) }}
    {%- endif %}
{% endmacro %}

{% macro landing_folder() %}{{ return(env_var('YIBAO_DATA', 'data') ~ '/landing/files') }}{% endmacro %}

{% macro landed_files_exist() %}{{ return(adapter.dispatch('landed_files_exist')()) }}{% endmacro %}
{% macro default__landed_files_exist() %}
    {{ return(run_query("select count(*) from glob('" ~ landing_folder() ~ "/*/_ledger.parquet')").columns[0].values()[0] > 0) }}
{% endmacro %}
